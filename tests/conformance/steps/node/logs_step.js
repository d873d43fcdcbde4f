export const config = { type: 'event', name: 'logs', subscribes: ['t.logs'] };

export const handler = async (_input, { logger }) => {
  logger.info('one', { a: 1 });
  logger.warn('two');
  logger.error('three', { error: new Error('e') });
  logger.debug('four');
};
