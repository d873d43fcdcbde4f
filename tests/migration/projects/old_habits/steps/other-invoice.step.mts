import { emitter } from '../src/lib/emitter'

// process.exit() in a comment
export const config = { type: 'api', name: 'Invoice', method: 'POST', path: '/invoices', emits: ['invoice.copied'] } as const

export const handler = async (req: any, { emit }: any) => {
  await emit({ topic: 'invoice.copied', data: {} })
  await emit({ topic: `invoice.${req.body.kind}`, data: {} })
  await emit({
    data: {},
    topic: 'invoice.forgotten',
  })
  emitter.last = req.body
  return { status: 200 }
}
