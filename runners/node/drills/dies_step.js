// Kills the process from within a handler: the worker is gone at once, and its end says how.
exports.config = { type: 'event', name: 'dies', subscribes: ['d.dies'] };

exports.handler = async () => process.kill(process.pid, 'SIGKILL');
