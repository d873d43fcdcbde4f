"""The project the screens of queues, cron and streams are shown: steps that fail, wait, hold, run in order, tick; streams
that are open, end, are guarded."""

from __future__ import annotations

FILES = {
    # One endpoint emits whatever a test wants; another writes items; a third opens and closes doors.
    "steps/send.step.js": """
        exports.config = { type: 'api', name: 'Send', method: 'POST', path: '/send', emits: ['charge', 'deliver', 'ledger', 'print', 'old-print'] }
        exports.handler = async (req, { emit, traceId }) => {
          for (const event of req.body.events) await emit(event)
          return { status: 200, body: { traceId } }
        }
    """,
    "steps/door.step.js": """
        exports.config = { type: 'api', name: 'Door', method: 'POST', path: '/door/:name' }
        exports.handler = async (req, { state }) => {
          await state.set('doors', req.pathParams.name, req.body)
          return { status: 200, body: {} }
        }
    """,
    "steps/items.step.js": """
        exports.config = { type: 'api', name: 'Items', method: 'POST', path: '/items/:stream/:group' }
        exports.handler = async (req, { streams }) => {
          const { stream, group } = req.pathParams
          for (const { id, ...item } of req.body.set ?? []) await streams[stream].set(group, id, item)
          for (const id of req.body.delete ?? []) await streams[stream].delete(group, id)
          for (const { id, type, data } of req.body.send ?? []) await streams[stream].send({ groupId: group, id }, { type, data })
          return { status: 200, body: {} }
        }
    """,
    "steps/charge.step.js": """
        exports.config = {
          type: 'event', name: 'Charge', description: 'Fails while its door is shut', subscribes: ['charge'],
          flows: ['money'], infrastructure: { queue: { maxRetries: 0 } },
        }
        exports.handler = async (input, { state }) => {
          if ((await state.get('doors', 'charge'))?.open) return
          throw new TypeError(`The card of ${input.customer} was refused`)
        }
    """,
    "steps/deliver.step.js": """
        exports.config = {
          type: 'event', name: 'Deliver', subscribes: ['deliver'], flows: ['money'],
          infrastructure: { queue: { maxRetries: 5, backoff: { first: 600, cap: 600 } } },
        }
        exports.handler = async (input, { state }) => {
          if (!(await state.get('doors', 'deliver'))?.open) throw new Error('The van has not come')
        }
    """,
    "steps/ledger.step.js": """
        exports.config = {
          type: 'event', name: 'Ledger', subscribes: ['ledger'], flows: ['money'],
          infrastructure: { queue: { type: 'fifo' } },
        }
        exports.handler = async (input, { state }) => {
          while (!(await state.get('doors', 'ledger'))?.open) await new Promise((done) => setTimeout(done, 50))
        }
    """,
    "steps/print.step.js": """
        exports.config = { type: 'event', name: 'Print', subscribes: ['print'], infrastructure: { queue: { concurrency: 1 } } }
        exports.handler = async (input, { logger }) => logger.info('Printed', { page: input.page })
    """,
    "steps/old-print.step.js": """
        exports.config = { type: 'event', name: 'OldPrint', subscribes: ['old-print'] }
        exports.handler = async () => {}
    """,
    "steps/tick.step.js": """
        exports.config = { type: 'cron', name: 'Tick', description: 'Counts the seconds', cron: '* * * * * *', flows: ['clock'] }
        exports.handler = async ({ state }) => {
          await state.update('clock', 'ticks', [{ op: 'increment', path: 'count', value: 1 }])
        }
    """,
    "steps/slow-tick.step.js": """
        exports.config = { type: 'cron', name: 'SlowTick', cron: '*/1 * * * * *', flows: ['clock'] }
        exports.handler = async () => new Promise((done) => setTimeout(done, 2500))
    """,
    "steps/report.step.js": """
        exports.config = {
          type: 'cron', name: 'WeeklyReport', description: 'Sums the week up for the board',
          cron: '0 9 * * MON-FRI', timezone: 'Europe/Berlin', catchUp: 3600, overlap: 'allow', flows: ['clock'],
        }
        exports.handler = async ({ state }) => {
          if ((await state.get('doors', 'report'))?.open) return { pages: 3 }
          throw new Error('There is no paper')
        }
    """,
    "steps/todo.stream.js": """
        exports.config = {
          name: 'todo', description: 'What is left to do', sse: '/live/todo/:groupId',
          schema: {
            type: 'object', required: ['text'],
            properties: { text: { type: 'string' }, done: { type: 'boolean' } },
          },
        }
    """,
    "steps/typing.stream.js": """
        exports.config = { name: 'typing', ttl: 3600, schema: { type: 'object' } }
    """,
    "steps/inbox.stream.js": """
        exports.config = {
          name: 'inbox', schema: { type: 'object' },
          canAccess: ({ groupId }, auth) => auth?.user === groupId,
        }
    """,
}
