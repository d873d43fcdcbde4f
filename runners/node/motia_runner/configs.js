'use strict';
/** config.load, stream.authenticate, stream.canAccess: functions of the project that are no steps' handlers. */
const { CODES, MotiaError } = require('./errors');
const { storage, WorkerScope } = require('./scope');
const { problem } = require('./problems');
const loader = require('./loader');
const schemas = require('./schemas');
const { decode } = require('./values');

class Configs {
  constructor(steps) {
    this.steps = steps;
    this.loaded = new Map();
  }

  /** `{config, functions, dependencies, error?}`; never fails as a whole. */
  async load(file) {
    loader.forget([this.steps.absolute(file)]);
    this.loaded.delete(file);
    const empty = { config: {}, functions: [], dependencies: [] };
    try {
      const config = await this.read(file);
      const functions = [];
      const kept = schemas.data(listed(config, '', functions, []), []);
      return { config: kept, functions, dependencies: this.dependencies(file) };
    } catch (error) {
      const absolute = this.steps.absolute(file);
      return {
        ...empty,
        dependencies: this.dependencies(file),
        error: problem(error, absolute, (one) => this.steps.relative(one)),
      };
    }
  }

  dependencies(file) {
    return loader
      .dependencies(this.steps.absolute(file))
      .map((one) => this.steps.relative(one))
      .sort();
  }

  async read(file) {
    let config = this.loaded.get(file);
    if (config === undefined) {
      const written = await main(await this.steps.exportsOf(file));
      config = schemas.requireObject(await (typeof written === 'function' ? written() : written), 'the configuration');
      this.loaded.set(file, config);
    }
    return config;
  }

  /** `name` is one of those that `load` has listed. */
  async authenticate(file, name, request) {
    const authenticate = name.split('.').reduce((value, key) => value?.[key], await this.read(file));
    if (typeof authenticate !== 'function') throw new MotiaError(CODES.unavailable, `${file} has no ${name}`);
    return (await storage.run(this.scope(file), authenticate, decode(request))) ?? null;
  }

  /** `auth` is undefined in a project without `streamAuth`. */
  async canAccess(file, member, snapshot, subscription, auth) {
    const stream = await this.steps.find(file, member, snapshot);
    if (typeof stream.canAccess !== 'function') return true;
    return Boolean(await storage.run(this.scope(file), stream.canAccess, decode(subscription), decode(auth)));
  }

  /** Output of these functions belongs to the worker. */
  scope(file) {
    return new WorkerScope(this.steps.wire, file);
  }
}

/** What a file gives as its configuration: its default export, else its `config`, else all it exports. Maybe promised. */
function main(exported) {
  const value = exported?.default ?? exported;
  const alone = value === exported || Object.keys(value).length === 1;
  return value?.config !== undefined && alone ? value.config : value;
}

/** A copy without functions, whose dotted names are added to `functions`; schemas and stand-ins stay for `data`. */
function listed(value, name, functions, above) {
  if (typeof value === 'function') {
    if (value[Symbol.for('motia.standIn')] === true) return null;
    functions.push(name);
    return undefined;
  }
  if (
    typeof value !== 'object' ||
    value === null ||
    above.includes(value) ||
    value['~standard'] !== undefined ||
    value._def !== undefined
  )
    return value;
  const inside = [...above, value];
  if (Array.isArray(value))
    return value.map((one, index) => listed(one, `${name}.${index}`, functions, inside) ?? null);
  if (Object.getPrototypeOf(value) !== Object.prototype && Object.getPrototypeOf(value) !== null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [
      key,
      listed(one, name === '' ? key : `${name}.${key}`, functions, inside),
    ]),
  );
}

module.exports = { Configs };
