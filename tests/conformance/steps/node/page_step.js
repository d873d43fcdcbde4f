export const config = { type: 'api', name: 'page', method: 'POST', path: '/page' };

export const handler = async () => ({ status: 200, body: '<p>hi</p>' });
