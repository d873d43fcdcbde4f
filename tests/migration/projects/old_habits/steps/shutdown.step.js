export const config = { type: 'event', name: 'Shutdown', subscribes: ['shop.closed'], emits: [] }

export const handler = async (input, { logger }) => {
  logger.warn('Closing', input)
  if (input.now) process.exit(0)
}
