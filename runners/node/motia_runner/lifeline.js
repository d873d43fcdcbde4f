'use strict';
/**
 * Kills the worker when the core is gone, also while user code blocks the event loop: a thread of its own waits for
 * the end of the lifeline descriptor, or, without one, looks whether the parent has changed.
 */
const { Worker } = require('node:worker_threads');

// SIGKILL, because a blocked loop hears nothing else; the whole group, because nobody is left to end it.
const WATCH = `
const fs = require('node:fs');
const { workerData } = require('node:worker_threads');
const sleep = (ms) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
const buffer = Buffer.alloc(64);
for (;;) {
  if (workerData.fd === null) {
    if (process.ppid !== workerData.parent) break;
    sleep(500);
    continue;
  }
  try {
    if (fs.readSync(workerData.fd, buffer) === 0) break;
  } catch (error) {
    if (error.code !== 'EAGAIN' && error.code !== 'EINTR') break;
    sleep(100);
  }
}
try { process.kill(-process.pid, 'SIGKILL'); } catch { process.kill(process.pid, 'SIGKILL'); }
`;

function hold(parentPid) {
  const number = Number.parseInt(process.env.MOTIA_LIFELINE ?? '', 10);
  // 3 would be the wire: the shell that moved it there has closed a lifeline of that number.
  const fd = Number.isInteger(number) && number > 3 ? number : null;
  const thread = new Worker(WATCH, {
    eval: true,
    workerData: { fd, parent: parentPid > 0 && process.ppid === parentPid ? parentPid : process.ppid },
    env: {},
    execArgv: [],
    trackUnmanagedFds: false,
    resourceLimits: { maxYoungGenerationSizeMb: 1, maxOldGenerationSizeMb: 8, codeRangeSizeMb: 0 },
  });
  thread.on('error', () => {});
  thread.unref();
}

module.exports = { hold };
