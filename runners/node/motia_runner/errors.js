'use strict';
/**
 * The errors this runner raises on purpose and their numbers on the wire (runners/PROTOCOL.md §4).
 * Decides nothing: who raises what stands where it is raised.
 */
const path = require('node:path');

const CODES = Object.freeze({
  parse: -32700,
  invalid: -32600,
  unknownMethod: -32601,
  params: -32602,
  internal: -32603,
  notInitialized: -32002,
  cancelled: -32800,
  failed: 1001,
  invalidInput: 1002,
  unavailable: 1003,
  conflict: 1010,
  emitNotDeclared: 1011,
  refused: 1012,
  over: 1014,
  unknownTarget: 1015,
  clientGone: 1016,
  version: 1017,
  draining: 1019,
});

const SDK = process.env.MOTIA_SDK || path.join(__dirname, '..', '..', '..', 'sdk', 'node');

/** A refusal with a number: by the core, or by this runner in the core's place. */
class MotiaError extends Error {
  constructor(code, message, data) {
    super(message);
    this.code = code;
    if (data !== undefined) this.data = data;
  }
}
Object.defineProperty(MotiaError.prototype, 'name', { value: 'MotiaError', writable: true, configurable: true });

/** What `process.exit` has become: it ends one invocation, or the loading of one file. */
class Exit extends Error {
  constructor(code) {
    super(`process.exit(${code ?? ''}) was called; only this invocation ends`);
    this.exitCode = code;
  }
}
Object.defineProperty(Exit.prototype, 'name', { value: 'Exit', writable: true, configurable: true });

/** A file that cannot be used; `code` is one of PROTOCOL.md's for step.describe. */
class FileProblem extends Error {
  constructor(code, message, where = {}) {
    super(message);
    this.report = { code, message, ...where };
  }
}

/** Error 1002 as authors see it. The class is the SDK's, so that `instanceof` works in their code. */
function validationError(issues) {
  const { ValidationError } = require(path.join(SDK, 'errors.js'));
  return new ValidationError(issues);
}

module.exports = { CODES, SDK, MotiaError, Exit, FileProblem, validationError };
