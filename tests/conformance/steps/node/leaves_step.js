export const config = { type: 'event', name: 'leaves', subscribes: ['t.leaves'] };

process.exit(3);

export const handler = async (input) => input;
