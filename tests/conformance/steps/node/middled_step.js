const mapped = async (_req, _context, next) => {
  try {
    const response = await next();
    return { ...response, headers: { ...response.headers, 'x-mid': 'yes' } };
  } catch (error) {
    if (error.code !== 1002) throw error;
    return { status: 422, body: { issues: error.issues.length } };
  }
};

export const config = { type: 'api', name: 'middled', method: 'POST', path: '/middled', middleware: [mapped] };

export const handler = async () => ({ status: 200, body: { ok: true } });
