'use strict';
/**
 * Whose code is running: an invocation (run.js), the loading of a file, or nobody's (a timer of a module).
 * A scope has `log(level, msg, fields, source)`, `fail(error)` and what it printed without ending the line. Everything
 * that must be attributed asks `storage`.
 */
const { AsyncLocalStorage } = require('node:async_hooks');
const { asError } = require('./failures');
const { logged } = require('./values');
const { string } = require('./wire');

const storage = new AsyncLocalStorage();

/** Params of a `log` notification; `owner` is its first key and a comma, or nothing. */
function logParams(owner, level, msg, fields, source = 'logger') {
  const text = string(typeof msg === 'string' ? msg : logged(msg));
  return `{${owner}"level":"${level}","msg":${text},"fields":${logged(fields)},"source":"${source}","time":${Date.now()}}`;
}

/** What belongs to the worker rather than to an invocation. `name` says where it came from. */
class WorkerScope {
  constructor(wire, name) {
    this.wire = wire;
    this.name = name;
    this.printed = { stdout: '', stderr: '' };
  }

  log(level, msg, fields, source) {
    this.wire.log(logParams('', level, msg, fields, source));
  }

  fail(error) {
    this.log('error', `${this.name}: ${asError(error).message}`, { error });
  }
}

/** The loading of one file: its first failure is the file's; what fails later, in a timer say, is only logged. */
class FileScope extends WorkerScope {
  constructor(wire, file) {
    super(wire, `${file}, outside of an invocation`);
    this.failure = null;
    this.loaded = false;
  }

  fail(error) {
    if (this.loaded) super.fail(error);
    else this.failure ??= error;
  }
}

module.exports = { storage, logParams, WorkerScope, FileScope };
