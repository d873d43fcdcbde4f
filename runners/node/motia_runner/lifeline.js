'use strict';
/**
 * Kills the worker when the core is gone, also while user code blocks the event loop: a thread of its own (watch.js)
 * waits for the end of the lifeline and of the wire, and looks whether the parent has changed.
 */
const path = require('node:path');
const { Worker } = require('node:worker_threads');

/** `input` is the descriptor the wire is read from. */
function hold(parentPid, input) {
  const number = Number.parseInt(process.env.MOTIA_LIFELINE ?? '', 10);
  const thread = new Worker(path.join(__dirname, 'watch.js'), {
    workerData: {
      input,
      // A small number would be the wire: the shell that moved it there has closed a lifeline of that number.
      lifeline: Number.isInteger(number) && number > 4 ? number : null,
      parent: parentPid > 0 && process.ppid === parentPid ? parentPid : process.ppid,
    },
    env: {},
    execArgv: [],
    trackUnmanagedFds: false,
    resourceLimits: { maxYoungGenerationSizeMb: 1, maxOldGenerationSizeMb: 8 },
  });
  // Without the thread the worker still ends by itself whenever its loop is free.
  thread.on('error', (error) => process.stderr.write(`the lifeline is not watched: ${error.message}\n`));
  thread.unref();
}

module.exports = { hold };
