'use strict';
/**
 * What authors import as `motia` or `@motia/core`: the builders, `motia.trigger`, `motia.stats`, the logger, identity functions for
 * typed configs. Knows no wire: what needs a running worker is reached through one global symbol.
 */
const { ValidationError } = require('./errors.js');

const BUILT = Symbol.for('motia.step');
const RUNNER = Symbol.for('motia.runner');

function build(kind) {
  return (config, handler) => {
    if (typeof config !== 'object' || config === null)
      throw new TypeError(`${kind}(config, handler): config must be an object`);
    if (typeof handler !== 'function') throw new TypeError(`${kind}(config, handler): handler must be a function`);
    // A function, so that a unit test can call what the file exports.
    const step = (...args) => handler(...args);
    return Object.defineProperties(step, {
      [BUILT]: { value: { kind, file: globalThis[RUNNER]?.file() ?? null } },
      config: { value: config, enumerable: true },
      handler: { value: handler, enumerable: true },
    });
  };
}

const motia = {
  /** Enqueues `data` for one step by its id; resolves `{id, traceId}` once it is stored. */
  trigger(id, data) {
    const runner = globalThis[RUNNER];
    if (runner === undefined)
      return Promise.reject(new Error('motia.trigger works only inside a running Motia worker'));
    return runner.trigger(id, data);
  },
  /** Counts by step: runs, failures, durations, what waits and what is dead. */
  stats() {
    const runner = globalThis[RUNNER];
    if (runner === undefined) return Promise.reject(new Error('motia.stats works only inside a running Motia worker'));
    return runner.stats();
  },
};

/** Logs in the name of whatever step runs; to the console where none does, as in a unit test. */
const logger = Object.fromEntries(
  ['info', 'warn', 'error', 'debug'].map((level) => [
    level,
    (message, ...rest) => {
      const runner = globalThis[RUNNER];
      if (runner === undefined) console[level](message, ...rest);
      else runner.log(level, message, ...rest);
    },
  ]),
);

const same = (value) => value;

module.exports = {
  api: build('api'),
  event: build('event'),
  cron: build('cron'),
  motia,
  logger,
  ValidationError,
  config: same,
  defineConfig: same,
  defineStep: same,
  defineStream: same,
};
