export const config = { type: 'event', name: 'cycle', subscribes: ['t.cycle'] };

export const handler = async () => {
  const knot = { name: 'knot' };
  knot.self = knot;
  return knot;
};
