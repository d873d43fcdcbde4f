export const config = {
  name: 'todo',
  schema: { type: 'object' },
  canAccess: (_subscription, auth) => auth?.user === 'ann',
};
