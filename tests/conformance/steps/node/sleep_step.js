export const config = { type: 'event', name: 'sleep', subscribes: ['t.sleep'] };

export const handler = async ({ seconds }, { logger, signal }) => {
  logger.info('sleeping');
  const end = Date.now() + seconds * 1000;
  while (Date.now() < end) {
    signal.throwIfAborted();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return 'slept';
};
