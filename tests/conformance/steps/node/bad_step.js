export const config = { type: 'api', name: 'bad', method: 'POST', path: '/bad' };

export const handler = async () => ({ status: 200, body: { items: [{}, { run: Promise.resolve(1) }] } });
