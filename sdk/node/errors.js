'use strict';

/**
 * The input breaks the step's schema. Raised by `next()` in the last middleware, so that middleware may map it.
 * `issues` (and `errors`, as older zod calls it) lists `{path, message, code}`.
 */
class ValidationError extends Error {
  constructor(issues, message = 'Validation failed') {
    super(message);
    this.code = 1002;
    this.status = 400;
    this.issues = issues;
  }

  get errors() {
    return this.issues;
  }
}
Object.defineProperty(ValidationError.prototype, 'name', {
  value: 'ValidationError',
  writable: true,
  configurable: true,
});

module.exports = { ValidationError };
