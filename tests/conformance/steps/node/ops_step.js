export const config = { type: 'event', name: 'ops', subscribes: ['t.ops'] };

export const handler = async ({ ops }, { state, transaction }) => transaction(() => state.update('g', 'k', ops));
