// Reads standard input itself and by a child, and closes the standard descriptors: the wire is elsewhere.
const { execSync } = require('node:child_process');
const fs = require('node:fs');

exports.config = { type: 'event', name: 'steals', subscribes: ['d.steals'] };

exports.handler = async () => {
  const read = fs.readFileSync(0, 'utf8') + execSync('cat', { stdio: ['inherit', 'pipe', 'inherit'] });
  for (const descriptor of [0, 1]) fs.closeSync(descriptor);
  console.log('still heard');
  return read;
};
