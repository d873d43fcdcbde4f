def config
  { type: 'api', name: 'Hello', method: 'GET', path: '/hello', emits: ['hello.said'] }
end

def handler(req, context)
  name = req.queryParams['name'] || 'world'
  context.emit(topic: 'hello.said', data: { name: name })
  { status: 200, body: { message: "Hello #{name} from Ruby" } }
end
