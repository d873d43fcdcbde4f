// Leaves timers and rejected promises behind: they are logged under its name and reach no later invocation.
exports.config = { type: 'event', name: 'leftovers', subscribes: ['d.leftovers'] };

exports.handler = async () => {
  setTimeout(() => {
    throw new Error('too late');
  }, 5);
  setTimeout(() => process.exit(1), 10);
  return 'answered';
};
