export const config = { type: 'event', name: 'state', subscribes: ['t.state'] };

export const handler = async (input, { state }) => {
  await state.set('g', input.key, input);
  return await state.get('g', input.key);
};
