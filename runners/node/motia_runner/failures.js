'use strict';
/** Whatever was thrown → an error of the wire: `{code, message, data?}`, `data` as JSON text. Pure. */
const { CODES } = require('./errors');
const { logged, part } = require('./values');

const DEEPEST = 5;

/** The answer to `step.run` for what the user's code threw. */
function failure(thrown) {
  const code = part(thrown ?? '', 'code', (one) => one);
  const issues = part(thrown ?? '', 'issues', (one) => one);
  if (code === CODES.invalidInput && Array.isArray(issues))
    return { code, message: part(thrown, 'message'), data: logged({ issues }) };
  const error = asError(thrown);
  return { code: CODES.failed, message: error.message || error.name, data: logged(error) };
}

/** Anything can be thrown in JavaScript; the wire knows `{name, message, stack, code?, cause?}`. */
function asError(thrown) {
  if (typeof thrown !== 'object' || thrown === null) return { name: 'Error', message: String(thrown) };
  const said = {
    name: part(thrown, 'name') || 'Error',
    message: part(thrown, 'message'),
    stack: part(thrown, 'stack'),
  };
  for (const key of ['code', 'cause']) {
    const value = part(thrown, key, (one) => one);
    if (value !== '') said[key] = value;
  }
  if (said.message === '' && said.stack === '') said.message = logged(thrown);
  said.stack += because(thrown);
  return said;
}

/** The stacks of what caused it, as far as they can be read. */
function because(thrown, depth = 0) {
  const cause = part(thrown, 'cause', (one) => one);
  const stack = typeof cause === 'object' && cause !== null && depth < DEEPEST ? part(cause, 'stack') : '';
  return stack === '' ? '' : `\nCaused by: ${stack}${because(cause, depth + 1)}`;
}

module.exports = { failure, asError };
