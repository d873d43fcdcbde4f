export const config = { type: 'event', name: 'busy', subscribes: ['t.busy'] };

export const handler = async ({ seconds }) => {
  const end = Date.now() + seconds * 1000;
  while (Date.now() < end);
  return 'done';
};
