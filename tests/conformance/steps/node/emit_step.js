export const config = { type: 'event', name: 'emit', subscribes: ['t.emit'] };

export const handler = async (input, { emit }) => {
  await emit({ topic: 't.done', data: input });
  return 'emitted';
};
