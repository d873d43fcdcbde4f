import { EventConfig, Handlers } from 'motia'

export const config: EventConfig = { type: 'event', name: 'Remember', subscribes: ['hello.said'], emits: [] }

export const handler: Handlers['Remember'] = async (input, { state, logger }) => {
  await state.set('greeted', input.name, { at: new Date() })
  logger.info('Remembered', { name: input.name })
}
