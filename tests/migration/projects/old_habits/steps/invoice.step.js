let counter = 0
const cache = new Map()
const RATES = { EUR: 1 }
const names = ['a', 'b']

export const config = { type: 'api', name: 'Invoice', method: 'POST', path: '/invoices', emits: [], bodySchema: { type: 'object', properties: { id: { type: 'string' } } } }

// A parameter called `names` and a local `RATES` change nothing outside.
const sorted = (names) => names.push('c')
const local = () => {
  const RATES = {}
  RATES.USD = 2
  return RATES
}

export const handler = async (req, ctx) => {
  counter++
  if (!cache.has(req.body.id)) cache.set(req.body.id, { number: counter, sorted: sorted([...names]), local: local() })
  process.chdir('/tmp')
  process.env.LAST_INVOICE = req.body.id
  await fetch('http://localhost:3000/emit', { method: 'POST', body: JSON.stringify({ topic: 'invoiced', data: {} }) })
  const logs = await ctx.streams['__motia.logs'].getGroup('default')
  return { status: 200, body: { cached: cache.get(req.body.id), logs, text: 'process.exit(1) in a text // and a comment' } }
}
