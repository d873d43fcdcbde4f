'use strict';
/**
 * Whose code is running: an invocation, the loading of a file, or nobody's (a timer of a module).
 * A scope has `log(level, msg, fields, source)` and `fail(error)`. Everything that must be attributed asks here.
 */
const { AsyncLocalStorage } = require('node:async_hooks');

const storage = new AsyncLocalStorage();

/** The scope of one file's loading: what it prints belongs to the worker, its first failure to the file. */
class FileScope {
  constructor(file, log) {
    this.file = file;
    this.failure = null;
    this.loaded = false;
    this.log = log;
    this.printed = { stdout: '', stderr: '' };
  }

  fail(error) {
    // A timer or a promise of a module that is loaded long since.
    if (this.loaded) this.log('error', `${this.file}, outside of an invocation: ${error?.message ?? error}`, { error });
    else this.failure ??= error;
  }
}

module.exports = { storage, FileScope };
