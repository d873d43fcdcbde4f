'use strict';
/**
 * Keeps user code from ending the worker: `process.exit`, errors nobody caught, promises nobody awaited.
 * Each is attributed to the scope it came from and fails only that one. Owns the real exit.
 */
const { storage } = require('./scope');
const { CODES, Exit, MotiaError } = require('./errors');

const reallyExit = process.reallyExit.bind(process);

/** `worker` is the scope for what belongs to nobody: it is logged. */
function guard(worker) {
  process.exit = (code) => {
    const exit = new Exit(code ?? process.exitCode);
    storage.getStore()?.fail(exit);
    // Thrown as well, because nothing behind the call expects to run.
    throw exit;
  };
  process.on('uncaughtException', (error) => (storage.getStore() ?? worker).fail(error));
  process.on('unhandledRejection', (reason) => {
    const scope = storage.getStore() ?? worker;
    // A call nobody awaited: the handler did not care for its outcome, so the outcome of the invocation stays.
    if (!(reason instanceof MotiaError)) return scope.fail(reason);
    if (reason.code !== CODES.cancelled)
      scope.log('error', `a call that was not awaited failed: ${reason.message}`, { code: reason.code });
  });
  process.on('SIGINT', () => {});
}

/** Ends the worker at once, and politely everything it started: the core is gone and nobody else will. */
function leave(code) {
  try {
    process.on('SIGTERM', () => {});
    process.kill(-process.pid, 'SIGTERM');
  } catch {
    // Not the leader of a process group: started by hand.
  }
  reallyExit(code);
}

module.exports = { guard, leave, reallyExit };
