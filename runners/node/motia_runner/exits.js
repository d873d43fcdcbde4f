'use strict';
/**
 * Keeps user code from ending the worker: `process.exit`, errors nobody caught, promises nobody awaited.
 * Each is attributed to the scope it came from and fails only that one. Owns the real exit.
 */
const { setTimeout } = require('node:timers');
const { storage } = require('./scope');
const { CODES, Exit, MotiaError } = require('./errors');

const reallyExit = process.reallyExit.bind(process);
const exit = process.exit.bind(process);
const PATIENCE = 1000;

/** `worker` is the scope for what belongs to nobody: it is logged. */
function guard(worker) {
  let ending = false;
  let armed = false;
  process.exit = (code) => {
    const scope = storage.getStore();
    if (ending && (scope === undefined || scope.loaded)) exit(code);
    const error = new Exit(code ?? process.exitCode);
    scope?.fail(error);
    // Thrown as well, because nothing behind the call expects to run.
    throw error;
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
  // SIGTERM ends a worker by itself, unless a step listens to it: then that step may tidy up, but not stay.
  process.on('newListener', (event) => {
    if (event !== 'SIGTERM' || armed) return;
    armed = true;
    process.prependListener('SIGTERM', () => {
      ending = true;
      setTimeout(() => reallyExit(143), PATIENCE);
    });
  });
}

/** Ends a worker that was told to: listeners of `exit` run. */
function finish(code) {
  try {
    exit(code);
  } catch {
    reallyExit(code);
  }
}

/** Ends the worker at once, and politely everything it started: the core is gone and nobody else will. */
function leave(code) {
  try {
    process.removeAllListeners('SIGTERM');
    process.on('SIGTERM', () => {});
    process.kill(-process.pid, 'SIGTERM');
  } catch {
    // Not the leader of a process group: started by hand.
  }
  reallyExit(code);
}

module.exports = { guard, leave, finish };
