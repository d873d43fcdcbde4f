exports.config = { type: 'event', name: 'Remember', subscribes: ['hello.said'], emits: [] }

exports.handler = async (input, { state, logger }) => {
  await state.set('greeted', input.name, { at: new Date() })
  logger.info('Remembered', { name: input.name })
}
