exports.config = { name: 'Paint', type: 'api', method: 'POST', path: '/paint', emits: [] }

// A clock that all processes of this machine read alike, in milliseconds.
const now = () => Number(process.hrtime.bigint()) / 1e6
const pause = (ms) => new Promise((done) => setTimeout(done, ms))

// Sets items 1 to `count` in turn, `rate` in a second, or one after another as fast as it goes; each says when it was set.
exports.handler = async (req, { streams }) => {
  const { group, count, rate, items = 1, size = 0 } = req.body
  const pad = 'x'.repeat(size)
  const began = now()
  const calls = []
  for (let n = 1; n <= count; n++) {
    const due = rate ? began + ((n - 1) * 1000) / rate - now() : 0
    if (due > 0) await pause(due)
    const call = streams.board.set(group, String(n % items), { n, at: now(), pad })
    if (rate) calls.push(call)
    else await call
  }
  await Promise.all(calls)
  return { status: 200, body: { took: now() - began } }
}
