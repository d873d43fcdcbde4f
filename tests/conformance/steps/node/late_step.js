export const config = { type: 'event', name: 'late', subscribes: ['t.late'] };

let kept;

export const handler = async (input, context) => {
  if (!input.again) {
    kept = context;
    return 'over';
  }
  try {
    await kept.state.set('g', 'k', 1);
    return false;
  } catch {
    return true;
  }
};
