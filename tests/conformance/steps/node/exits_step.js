export const config = { type: 'event', name: 'exits', subscribes: ['t.exits'] };

export const handler = async () => {
  process.exit(3);
};
