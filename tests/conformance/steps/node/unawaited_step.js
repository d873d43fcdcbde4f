export const config = { type: 'event', name: 'unawaited', subscribes: ['t.unawaited'] };

export const handler = async (_input, { state }) => {
  state.set('g', 'late', 1);
  return 'early';
};
