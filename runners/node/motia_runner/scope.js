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
    this.log = log;
    this.printed = { stdout: '', stderr: '' };
  }

  fail(error) {
    this.failure ??= error;
  }
}

module.exports = { storage, FileScope };
