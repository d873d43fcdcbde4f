export const config = { type: 'api', name: 'echo', method: 'POST', path: '/echo' };

export const handler = async (req) => ({
  status: 200,
  headers: { 'x-echo': 'yes' },
  body: {
    body: req.body,
    method: req.method,
    params: req.pathParams,
    query: req.queryParams,
    raw: typeof req.rawBody === 'string' ? req.rawBody : undefined,
  },
});
