'use strict';
/**
 * Exports of a file → its steps, whatever the dialect: (a) `config` and `handler`, (b) builders,
 * (c) a bare function or `{schedule, handler}`. The one place that knows the dialects; the core knows one shape.
 */
const { FileProblem } = require('./errors');
const { Step } = require('./step');

const BUILT = Symbol.for('motia.step');
// Here any file may hold a step, but only a builder says that it does: everything else is plain code.
const LOOSE = /^motia\/steps\//;
const NAMED = /[._](?:step|stream)\.[a-z]+$/;
const STREAM_FILE = /[._]stream\.[a-z]+$/;
const RUNS = new Set(['api', 'event', 'cron']);

/** The steps in `exported`, at least one. `file` is relative to the project. Throws FileProblem. */
function read(exported, file) {
  const inert = typeof exported !== 'object' && typeof exported !== 'function';
  const names = inert || exported === null ? {} : exported;
  const main = names.__esModule ? names.default : (names.default ?? exported);
  const built = builders(names, main);
  if (built.length > 0) return built.map(([member, step]) => fromBuilder(member, step, file));
  if (LOOSE.test(file) && !NAMED.test(file)) throw new FileProblem('no_config', 'the file exports no builder');
  const config = names.config ?? main?.config;
  if (config !== undefined) return [configured(config, names, main, file)];
  if (typeof main === 'function') return [require('./bare').fromFunction(main, {}, file)];
  if (typeof main?.handler === 'function' && main.schedule !== undefined)
    return [require('./bare').fromSchedule(main, file)];
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

/** (b): everything a builder made, by the name it is exported under. */
function builders(names, main) {
  const found = new Map();
  if (main?.[BUILT] !== undefined) found.set(main, '');
  for (const [name, value] of Object.entries(names)) {
    const built =
      value !== null && (typeof value === 'object' || typeof value === 'function') && value[BUILT] !== undefined;
    if (built && !found.has(value)) found.set(value, name === 'default' ? '' : name);
  }
  return [...found].map(([step, member]) => [member, step]);
}

function fromBuilder(member, built, file) {
  const kind = built[BUILT];
  const { id, schema, schedule, ...rest } = built.config;
  const name = id ?? rest.name;
  if (typeof name !== 'string') throw new FileProblem('bad_config', `${kind}({ id: '…' }, handler): id is missing`);
  const config = { type: kind, ...rest, name };
  if (kind === 'api') Object.assign(config, apiSchemas(schema));
  if (kind === 'event') {
    config.subscribes ??= [name];
    if (schema != null) config.input = schema;
  }
  if (kind === 'cron') config.cron ??= schedule;
  if ((config.bodySchema ?? config.input) != null) config.validation ??= 'enforce';
  return new Step({
    dialect: 'b',
    kind,
    member,
    config,
    file,
    handler: built.handler,
    handle: ordinary(built.handler),
  });
}

/** `schema: {body, response}`, or the body's schema itself. */
function apiSchemas(schema) {
  if (schema == null) return {};
  const parts =
    Object.getPrototypeOf(schema) === Object.prototype &&
    ['body', 'query', 'params', 'headers', 'response'].some((key) => key in schema);
  if (!parts) return { bodySchema: schema };
  const made = {};
  if (schema.body != null) made.bodySchema = schema.body;
  if (schema.response != null) {
    const byStatus = Object.keys(schema.response).every((key) => /^\d{3}$/.test(key));
    made.responseSchema = byStatus ? schema.response : { 200: schema.response };
  }
  return made;
}

/** (a), and (c) with a partial config beside the function. */
function configured(config, names, main, file) {
  if (typeof config !== 'object' || config === null || Array.isArray(config))
    throw new FileProblem('bad_config', `config must be an object, not ${config === null ? 'null' : typeof config}`);
  const type = config.type ?? (STREAM_FILE.test(file) || config.baseConfig !== undefined ? 'stream' : undefined);
  const whole = type === config.type ? config : { ...config, type };
  const handler = handlerOf(config, names, main);
  if (handler === undefined && typeof main === 'function' && !RUNS.has(type))
    return require('./bare').fromFunction(main, config, file);
  const found = handler ?? (typeof main === 'function' ? main : undefined);
  if (found === undefined && RUNS.has(type))
    throw new FileProblem('no_handler', `${config.name ?? 'the step'} has no handler`, {
      hint: 'export a function called handler',
    });
  // A function of one parameter beside a typed config is still of the bare kind when it reads like one.
  if (
    handler === undefined &&
    found !== undefined &&
    found.length < 2 &&
    type !== 'cron' &&
    require('./inference').looksBare(found)
  )
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

/** `handler`, else the one function exported under the step's name, in any case style. */
function handlerOf(config, names, main) {
  for (const one of [names.handler, main?.handler]) if (typeof one === 'function') return one;
  const wanted = plain(config.name);
  const inside = main !== null && typeof main === 'object' ? Object.entries(main) : [];
  const found = new Set(
    [...Object.entries(names), ...inside]
      .filter(([name, value]) => typeof value === 'function' && plain(name) === wanted)
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
