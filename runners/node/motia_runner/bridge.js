'use strict';
/**
 * What the SDK reaches without knowing the wire, under one global symbol: `motia.trigger`, `motia.stats` and the logger
 * in the name of whatever step runs. Also the global `motia`, which the builders' dialect uses without an import.
 */
const path = require('node:path');
const { CODES, MotiaError, SDK } = require('./errors');
const { storage } = require('./scope');
const { write } = require('./context');
const { evaluated } = require('./loader');

function current(what) {
  const run = storage.getStore();
  if (run?.call === undefined) throw new MotiaError(CODES.over, `${what} works only while a step runs`);
  return run;
}

function offer(worker) {
  const runner = {
    trigger: async (step, data) => {
      const run = current('motia.trigger');
      if (typeof step !== 'string' || step === '')
        throw new TypeError('motia.trigger(id, data) needs the id of a step');
      return await run.call('events.trigger', { step, data: data ?? null });
    },
    stats: async () => await current('motia.stats').call('stats.get', {}),
    file: evaluated,
    log: (level, msg, ...rest) => write(storage.getStore() ?? worker, level, msg, rest),
  };
  Object.defineProperty(globalThis, Symbol.for('motia.runner'), { value: runner });
  const define = (descriptor) => Object.defineProperty(globalThis, 'motia', { ...descriptor, configurable: true });
  define({
    get: () => require(path.join(SDK, 'index.js')).motia,
    set: (value) => define({ value, writable: true }),
  });
}

module.exports = { offer };
