const config = { type: 'api', name: 'Ping', method: 'GET', path: '/ping', emits: [] }

const handler = async () => {
  return { pong: true }
}

module.exports = { config, handler }
