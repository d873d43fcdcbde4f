const config = { type: 'api', name: 'Ping', method: 'GET', path: '/ping', emits: [] }

const handler = async () => {
  return { status: 200, body: { pong: true } }
}

module.exports = { config, handler }
