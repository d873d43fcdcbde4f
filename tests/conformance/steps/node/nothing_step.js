export const config = { type: 'api', name: 'nothing', method: 'POST', path: '/nothing' };

export const handler = async () => {};
