// Never gives the loop back: it ends with the core all the same, and takes what it started along.
const { spawn } = require('node:child_process');

exports.config = { type: 'event', name: 'spins', subscribes: ['d.spins'] };

exports.handler = async (_input, { logger }) => {
  const child = spawn('sleep', ['600'], { stdio: 'ignore' });
  logger.info('spinning', { child: child.pid });
  for (;;);
};
