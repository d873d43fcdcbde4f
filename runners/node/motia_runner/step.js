'use strict';
/**
 * One step or stream of a file, as this runner uses it. `report()` is what the core is told. Schemas are looked at when
 * somebody asks, so that a worker that only runs steps converts none.
 */
const schemas = require('./schemas');

class Step {
  constructor({ dialect, kind, member, config, file, handler, handle, parts = {}, inferred = [] }) {
    this.dialect = dialect;
    this.kind = kind;
    this.member = member;
    this.config = config;
    this.file = file;
    this.handler = handler;
    this.handle = handle;
    this.parts = parts;
    this.inferred = inferred;
    this.name = String(config.name ?? '');
    this.flows = config.flows;
    this.middleware = [].concat(config.middleware ?? []).filter((one) => typeof one === 'function');
    this.canAccess = config.canAccess;
    // What a failed check does when the core does not say.
    this.validation = config.validation ?? (kind === 'event' && dialect !== 'b' ? 'warn' : 'enforce');
  }

  /** What the core cannot check in full: `[part, check]` for each part of a request, or for the whole input under ''. */
  get checks() {
    const given = this.kind === 'api' ? { body: this.config.bodySchema, ...this.parts } : { '': this.config.input };
    const checks = Object.entries(this.kind === 'cron' ? {} : given)
      .map(([part, schema]) => [part, schema == null ? null : schemas.checker(schema, this.dialect === 'b')])
      .filter(([, check]) => check !== null);
    Object.defineProperty(this, 'checks', { value: checks });
    return checks;
  }

  /** `{report, warnings}` for step.describe. */
  report() {
    const { config, accepts, warnings } = schemas.reported(this.config, this.name);
    const report = {
      member: this.member,
      config,
      hasHandler: typeof this.handler === 'function',
      middleware: this.middleware.length,
    };
    report.validates = this.checks.length > 0;
    if (accepts !== null) report.accepts = accepts;
    for (const [part, schema] of Object.entries(this.parts)) {
      if (schema == null) continue;
      const { json } = schemas.convert(schema);
      if (part === 'query') config.queryParams ??= Object.keys(json?.properties ?? {}).map((name) => ({ name }));
      if (json != null) (config.parameters ??= {})[part] ??= json;
      if (this.checks.some(([checked]) => checked === part)) continue;
      const message = `${this.name}: schema.${part} is not checked: give a Zod or another Standard Schema`;
      warnings.push({ code: 'bad_schema', message });
    }
    if (typeof this.canAccess === 'function') report.canAccess = true;
    if (this.inferred.length > 0) report.inferred = this.inferred;
    return { report, warnings };
  }
}

module.exports = { Step };
