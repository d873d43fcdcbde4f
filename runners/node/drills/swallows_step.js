// Swallows its cancellation and returns a value: the answer is -32800 all the same, when it has really stopped.
exports.config = { type: 'event', name: 'swallows', subscribes: ['d.swallows'] };

exports.handler = async (_input, { logger, state }) => {
  logger.info('waiting');
  await state.get('never', 'answered').catch(() => {});
  await new Promise((resolve) => setTimeout(resolve, 30));
  logger.info('stopped');
  return 'not cancelled';
};
