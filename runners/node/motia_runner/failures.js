'use strict';
/** Whatever was thrown → an error of the wire: `{code, message, data?}`, `data` as JSON text. Pure. */
const { CODES } = require('./errors');
const { encode } = require('./values');

/** The answer to `step.run` for what the user's code threw. */
function failure(thrown) {
  if (thrown?.code === CODES.invalidInput && Array.isArray(thrown.issues))
    return { code: CODES.invalidInput, message: thrown.message, data: encode({ issues: thrown.issues }, 'data', 'log') };
  const error = asError(thrown);
  return { code: CODES.failed, message: error.message || error.name, data: encode(error, 'data', 'log') };
}

/** Anything can be thrown in JavaScript; the wire knows `{name, message, stack, code?, cause?}`. */
function asError(thrown) {
  if (thrown instanceof Error) return thrown;
  if (typeof thrown !== 'object' || thrown === null) return { name: 'Error', message: String(thrown) };
  const { name = 'Error', message, stack, code, cause } = thrown;
  return { name: String(name), message: String(message ?? encode(thrown, 'error', 'log')), stack, code, cause };
}

module.exports = { failure, asError };
