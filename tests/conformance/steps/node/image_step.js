export const config = { type: 'api', name: 'image', method: 'POST', path: '/image' };

export const handler = async () => ({
  status: 201,
  headers: { 'content-type': 'image/png', 'set-cookie': ['a=1', 'b=2'] },
  body: Buffer.from([0x89, 0x50, 0x4e, 0x47]),
});
