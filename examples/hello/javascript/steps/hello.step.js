const config = { type: 'api', name: 'Hello', method: 'GET', path: '/hello', emits: ['hello.said'] }

const handler = async (req, { emit }) => {
  const name = req.queryParams.name ?? 'world'
  await emit({ topic: 'hello.said', data: { name } })
  return { status: 200, body: { message: `Hello ${name} from JavaScript` } }
}

module.exports = { config, handler }
