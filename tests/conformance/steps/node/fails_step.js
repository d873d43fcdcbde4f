export const config = { type: 'event', name: 'fails', subscribes: ['t.fails'] };

export const handler = async () => {
  throw new Error('boom');
};
