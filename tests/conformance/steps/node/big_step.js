export const config = { type: 'event', name: 'big', subscribes: ['t.big'] };

export const handler = async ({ n }) => ({ text: 'x'.repeat(n) });
