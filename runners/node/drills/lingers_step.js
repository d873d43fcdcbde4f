// Listens to SIGTERM and stays: it may tidy up, but the worker ends.
process.on('SIGTERM', () => console.log('tidying'));

exports.config = { type: 'event', name: 'lingers', subscribes: ['d.lingers'] };

exports.handler = async () => 'there';
