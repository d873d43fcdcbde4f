def config
  {
    name: 'HelloRuby', type: 'api', method: 'POST', path: '/rb', emits: [],
    bodySchema: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] }
  }
end

def handler(req, _context)
  { status: 200, body: { message: "hello #{req['body']['name']}" } }
end
