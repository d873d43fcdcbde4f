'use strict';
/**
 * Exports of a file → its steps, whatever the dialect: (a) `config` and `handler`, (b) builders,
 * (c) a bare function or `{schedule, handler}`. The one place that knows the dialects; the core knows one shape.
 */
const path = require('node:path');
const { FileProblem } = require('./errors');
const { Step } = require('./step');

const BUILT = Symbol.for('motia.step');
// Here any file may hold a step, but only a builder says that it does: everything else is plain code.
const LOOSE = /^motia\/steps\//;
const ROOTS = /^(?:src|steps)\//;
const NAMED = /[._](?:step|stream)\.[a-z]+$/;
const STREAM_FILE = /[._]stream\.[a-z]+$/;
const RUNS = new Set(['api', 'event', 'cron']);
const PARTS = new Set(['body', 'query', 'params', 'headers', 'response']);

/** The steps in `exported`, at least one. `file` is relative to the project, as `relative` makes a path. Throws FileProblem. */
function read(exported, file, relative) {
  const inert = typeof exported !== 'object' && typeof exported !== 'function';
  const names = inert || exported === null ? {} : exported;
  const main = names.__esModule ? names.default : (names.default ?? exported);
  const built = builders(names, main, (made) => made === null || isHere(relative(made), file));
  if (built.length > 0) return built.map(([member, step]) => fromBuilder(member, step, file));
  if (LOOSE.test(file) && !NAMED.test(file)) throw new FileProblem('no_config', 'the file exports no builder');
  const config = names.config ?? main?.config;
  if (typeof main?.handler === 'function' && main.schedule !== undefined && main[BUILT] === undefined)
    return [require('./bare').fromSchedule(main, config ?? {}, file)];
  if (config !== undefined) return [configured(config, names, main, file)];
  if (typeof main === 'function') return [require('./bare').fromFunction(main, {}, file)];
  throw new FileProblem('no_config', noConfig(names, main), {
    hint: 'export const config = { type, name, … } and a function handler',
  });
}

function noConfig(names, main) {
  const seen = Object.keys(main && typeof main === 'object' ? { ...names, ...main } : names).filter(
    (name) => name !== 'default',
  );
  return `the file exports no config${seen.length > 0 ? ` (it exports ${seen.slice(0, 5).join(', ')})` : ''}`;
}

/**
 * (b): everything a builder made, by the name it is exported under, one level into a default object or list too.
 * A file that passes on another file's steps, as an index does, has none of its own.
 */
function builders(names, main, own) {
  const found = new Map();
  const inside = typeof main === 'object' && main !== null ? Object.entries(main) : [];
  for (const [name, value] of [['default', main], ...Object.entries(names), ...inside]) {
    const callable = value !== null && (typeof value === 'object' || typeof value === 'function');
    if (!callable || value[BUILT] === undefined || found.has(value)) continue;
    if (own(value[BUILT].file)) found.set(value, name === 'default' ? '' : name);
  }
  return [...found].map(([step, member]) => [member, step]);
}

/** What was built in a file that is asked about its steps itself belongs to that file alone. */
function isHere(made, file) {
  return made === file || !(LOOSE.test(made) || (ROOTS.test(made) && NAMED.test(made)));
}

function fromBuilder(member, built, file) {
  const { kind } = built[BUILT];
  const { id, schema, schedule, ...rest } = built.config;
  const name = id ?? rest.name;
  if (typeof name !== 'string' || name === '')
    throw new FileProblem('bad_config', `${kind}({ id: '…' }, handler): id is missing`, {
      hint: `add id: '${path.basename(file).replace(/\..*$/, '')}'`,
    });
  const config = { type: kind, ...rest, name };
  let parts = {};
  if (kind === 'api') {
    const { body, response, ...others } = apiParts(schema);
    parts = others;
    if (body != null) config.bodySchema = body;
    if (response != null) config.responseSchema = byStatus(response);
  }
  if (kind === 'event') {
    config.subscribes = [...new Set([].concat(rest.subscribes ?? [], name))];
    if (schema != null) config.input = schema;
  }
  if (kind === 'cron') config.cron ??= schedule;
  if ((config.bodySchema ?? config.input ?? parts.query ?? parts.params ?? parts.headers) != null)
    config.validation ??= 'enforce';
  const { handler } = built;
  return new Step({ dialect: 'b', kind, member, config, file, handler, parts, handle: ordinary(handler) });
}

/** `schema: {body, query, params, headers, response}`, or the body's schema itself. */
function apiParts(schema) {
  if (schema == null) return {};
  const keys = Object.getPrototypeOf(schema) === Object.prototype ? Object.keys(schema) : [];
  return keys.length > 0 && keys.every((key) => PARTS.has(key)) ? schema : { body: schema };
}

function byStatus(response) {
  const plain = Object.getPrototypeOf(response) === Object.prototype;
  return plain && Object.keys(response).every((key) => /^\d{3}$/.test(key)) ? response : { 200: response };
}

/** (a), and (c) with a partial config beside the function. */
function configured(config, names, main, file) {
  if (typeof config !== 'object' || config === null || Array.isArray(config))
    throw new FileProblem('bad_config', `config must be an object, not ${config === null ? 'null' : typeof config}`);
  const type = config.type ?? (STREAM_FILE.test(file) || config.baseConfig !== undefined ? 'stream' : undefined);
  const whole = type === config.type ? config : { ...config, type };
  const handler = handlerOf(config, names, main);
  if (handler === undefined && typeof main === 'function' && type === undefined)
    return require('./bare').fromFunction(main, config, file);
  const found = handler ?? (typeof main === 'function' ? main : undefined);
  if (found === undefined && RUNS.has(type))
    throw new FileProblem('no_handler', `${config.name ?? 'the step'} has no handler`, {
      hint: 'export a function called handler',
    });
  if (handler === undefined && found !== undefined && isBare(found, config))
    return require('./bare').fromFunction(found, config, file);
  return new Step({
    dialect: 'a',
    kind: type,
    member: '',
    config: whole,
    file,
    handler: found,
    handle: ordinary(found),
  });
}

/** A function of one parameter beside a typed config is still of the bare kind when the config is partial, or when it
 * reads like one; a cron handler's context reads the same either way. */
function isBare(fn, config) {
  if (fn.length > 1 || !RUNS.has(config.type)) return false;
  return config.name == null || (config.type !== 'cron' && require('./inference').looksBare(fn));
}

/** `handler`, else the one function exported under the step's name, in any case style. */
function handlerOf(config, names, main) {
  for (const one of [names.handler, main?.handler]) if (typeof one === 'function') return one;
  const wanted = plain(config.name);
  const inside = main !== null && typeof main === 'object' ? Object.entries(main) : [];
  const found = new Set(
    [...Object.entries(names), ...inside]
      .filter(([name, value]) => name !== 'default' && typeof value === 'function' && plain(name) === wanted)
      .map(([, value]) => value),
  );
  return found.size === 1 ? [...found][0] : undefined;
}

function plain(name) {
  return String(name ?? '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
}

function ordinary(handler) {
  return (input, context, _run, trigger) => (trigger === 'cron' ? handler(context) : handler(input, context));
}

module.exports = { read };
