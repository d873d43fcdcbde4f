export const config = { type: 'event', name: 'deep', subscribes: ['t.deep'] };

export const handler = async ({ n }) => {
  let list = [];
  for (let i = 1; i < n; i++) list = [list];
  return list;
};
