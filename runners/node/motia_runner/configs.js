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
    this.steps.forget([file]);
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
      const exported = await this.steps.exportsOf(file);
      const main = exported?.default ?? exported;
      config = main?.config !== undefined && Object.keys(main).length === 1 ? main.config : main;
      if (typeof config === 'function') config = await config();
      config = schemas.requireObject(config, 'the configuration');
      this.loaded.set(file, config);
    }
    return config;
  }

  async authenticate(file, request) {
    const config = await this.read(file);
    const environment = process.env.MOTIA_ENV || process.env.NODE_ENV || 'development';
    const authenticate = (config[environment]?.streamAuth ?? config.streamAuth)?.authenticate;
    if (typeof authenticate !== 'function')
      throw new MotiaError(CODES.unavailable, `${file} has no streamAuth.authenticate`);
    return (await storage.run(this.scope(file), authenticate, decode(request))) ?? null;
  }

  async canAccess(file, member, subscription, auth) {
    const stream = await this.steps.find(file, member);
    if (typeof stream.canAccess !== 'function') return true;
    return Boolean(await storage.run(this.scope(file), stream.canAccess, decode(subscription), decode(auth)));
  }

  /** Output of these functions belongs to the worker. */
  scope(file) {
    return new WorkerScope(this.steps.wire, file);
  }
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
