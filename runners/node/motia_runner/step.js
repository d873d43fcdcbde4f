'use strict';
/**
 * One step or stream of a file, as this runner uses it. `report()` is what the core is told. Schemas are looked at when
 * somebody asks, so that a worker that only runs steps converts none.
 */
const schemas = require('./schemas');

class Step {
  constructor({ dialect, kind, member, config, file, handler, handle, inferred = [] }) {
    this.dialect = dialect;
    this.kind = kind;
    this.member = member;
    this.config = config;
    this.file = file;
    this.handler = handler;
    this.handle = handle;
    this.inferred = inferred;
    this.name = String(config.name ?? '');
    this.flows = config.flows;
    this.emits = topics(config.emits);
    this.strictEmits = config.strictEmits === true;
    this.warned = new Set();
    this.middleware = [].concat(config.middleware ?? []).filter((one) => typeof one === 'function');
    this.canAccess = config.canAccess;
    // What a failed check does when the core does not say.
    this.validation = config.validation ?? (kind === 'event' && dialect !== 'b' ? 'warn' : 'enforce');
  }

  /** Checks an input the core cannot check in full, or null. In (b) it also gives the parsed value. */
  get check() {
    const schema = this.kind === 'api' ? this.config.bodySchema : this.kind === 'event' ? this.config.input : undefined;
    const check = schema == null ? null : schemas.checker(schema, this.dialect === 'b');
    Object.defineProperty(this, 'check', { value: check });
    return check;
  }

  /** `{report, warnings}` for step.describe. */
  report() {
    const { config, warnings } = schemas.reported(this.config, this.name);
    const report = {
      member: this.member,
      config,
      hasHandler: typeof this.handler === 'function',
      middleware: this.middleware.length,
    };
    report.validates = this.check !== null;
    if (typeof this.canAccess === 'function') report.canAccess = true;
    if (this.inferred.length > 0) report.inferred = this.inferred;
    return { report, warnings };
  }
}

/** null = any topic. */
function topics(emits) {
  if (!Array.isArray(emits) || emits.length === 0) return null;
  return new Set(emits.map((one) => (typeof one === 'object' ? one?.topic : one)));
}

module.exports = { Step };
