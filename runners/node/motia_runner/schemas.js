'use strict';
/**
 * Whatever authors give as a schema → JSON Schema for the core, and a check of our own for what JSON Schema cannot say.
 * What the author's schema accepts, the core's copy must not refuse: `accepts` is that copy (zod.js). What is no schema warns and is left open; nothing here stops a start.
 */
const { FileProblem } = require('./errors');
const { issues } = require('./issues');
const { isJsonSchema, shorthand, spelledOut } = require('./shorthand');

const STATUS = /^(?:[1-5]\d\d|[1-5]xx|default)$/i;
const DEEPEST = 20;
const OPEN = Object.freeze({});
const NONE = Object.freeze({ json: null, accepts: null, validates: false, fills: false, warning: null });

/**
 * `{json, accepts, validates, fills, warning}`; `json` null = no schema. `json` is the schema for people, `accepts` what
 * the core checks with where that is wider, `validates` = the worker checks too, `fills` = and puts in the defaults.
 */
function convert(schema) {
  if (schema === undefined || schema === null) return NONE;
  try {
    return { ...NONE, ...converted(schema) };
  } catch (error) {
    const validates = isValidator(schema);
    return { ...NONE, json: OPEN, validates, warning: `it could not be converted (${error.message})` };
  }
}

function converted(schema) {
  if (isZod(schema)) return require('./zod').convert(schema);
  if (typeof schema === 'boolean') return { json: schema };
  if (typeof schema?.['~standard'] === 'object') return standard(schema);
  if (typeof schema !== 'object' || Array.isArray(schema))
    return { json: OPEN, warning: `${kind(schema)} is no schema` };
  if (typeof schema.toJSON === 'function') return { json: schema.toJSON() };
  if (isJsonSchema(schema)) return { json: spelledOut(data(schema, [])) };
  const json = shorthand(schema, (part) => (isValidator(part) ? convert(part).json : null));
  if (json === null) return { json: OPEN, warning: 'it is no schema that is known here' };
  const parts = held(schema).map(convert);
  if (!parts.some(({ validates }) => validates)) return { json };
  const accepts = shorthand(schema, (part) => (isValidator(part) ? copyOf(convert(part)) : null));
  return { json, accepts, validates: true, fills: parts.some(({ fills }) => fills) };
}

/** The schemas of a library in a short form. */
function held(part, depth = 0) {
  if (isValidator(part)) return [part];
  const parts = Array.isArray(part) ? part : isPlain(part) && depth < DEEPEST ? Object.values(part) : [];
  return parts.flatMap((one) => held(one, depth + 1));
}

function copyOf({ json, accepts }) {
  return accepts ?? json;
}

function kind(value) {
  return Array.isArray(value) ? 'a list' : `a ${typeof value}`;
}

function isZod(schema) {
  return (
    typeof schema === 'object' &&
    schema !== null &&
    (schema._zod !== undefined || typeof schema._def?.typeName === 'string')
  );
}

/** A schema of a library: it can say itself what it takes. */
function isValidator(schema) {
  return isZod(schema) || typeof schema?.['~standard']?.validate === 'function';
}

/** Standard Schema of other makers is checked in the worker. Their own JSON Schema, when they have one, is for people. */
function standard(schema) {
  const makers = [
    () => schema['~standard'].jsonSchema?.input?.({ target: 'draft-2020-12' }),
    () => schema.toJsonSchema?.(),
    () => schema.toJSONSchema?.(),
    () => schema.toJSON?.(),
  ];
  for (const make of makers) {
    try {
      const json = make();
      if (json !== undefined && json !== null && typeof json === 'object')
        return { json, accepts: OPEN, validates: true };
    } catch {
      // It has the method but not for this schema.
    }
  }
  const vendor = schema['~standard'].vendor ?? 'its maker';
  return { json: OPEN, validates: true, warning: `${vendor} gives no JSON Schema; it is checked in the worker only` };
}

/**
 * A function `value → {value} | {issues}` (or a promise of it), or null when the core can check everything. The value is
 * the parsed one when `parses`, else what came with its defaults.
 */
function checker(schema, parses) {
  if (!isValidator(schema)) return byPart(schema, parses);
  const { validates, fills } = parses ? { validates: true } : convert(schema);
  if (!validates) return null;
  return (value) => {
    const judged = (result) => {
      if (result.issues !== undefined) return { issues: result.issues.flatMap((one) => issues(one, value)) };
      return { value: parses ? result.value : fills ? filled(value, result.value) : value };
    };
    const result = validate(schema, value);
    return typeof result?.then === 'function' ? result.then(judged) : judged(result);
  };
}

/** The short form with schemas of a library in it: a map, or a list of one. */
function byPart(schema, parses) {
  const entries = Array.isArray(schema) ? [['', schema[0]]] : isPlain(schema) ? Object.entries(schema) : [];
  const checks = entries.flatMap(([name, part]) => {
    const check = held(part).length > 0 ? checker(part, parses) : null;
    return check === null ? [] : [[name.replace(/\?$/, ''), check]];
  });
  if (checks.length === 0) return null;
  return async (value) => {
    const many = Array.isArray(schema);
    if (many ? !Array.isArray(value) : !isPlain(value)) return { value };
    const made = many ? [...value] : { ...value };
    const found = [];
    for (const [name, check] of checks)
      for (const key of many ? value.keys() : name in value ? [name] : []) {
        const result = await check(value[key]);
        if (result.issues === undefined) made[key] = result.value;
        else
          found.push(
            ...result.issues.map((one) => ({ ...one, path: one.path === '' ? `${key}` : `${key}.${one.path}` })),
          );
      }
    return found.length > 0 ? { issues: found } : { value: made };
  };
}

function validate(schema, value) {
  if (schema['~standard'] !== undefined) return schema['~standard'].validate(value);
  return schema
    .safeParseAsync(value)
    .then(({ success, data, error }) => (success ? { value: data } : { issues: error.issues }));
}

/** `sent` with what only `parsed` has: a new object where something is missing. */
function filled(sent, parsed) {
  if (Array.isArray(sent)) return Array.isArray(parsed) ? sent.map((one, index) => filled(one, parsed[index])) : sent;
  if (!isPlain(sent) || !isPlain(parsed)) return sent;
  const made = Object.fromEntries(Object.entries(sent).map(([key, one]) => [key, filled(one, parsed[key])]));
  for (const [key, one] of Object.entries(parsed)) if (!Object.hasOwn(sent, key) && one !== undefined) made[key] = one;
  return made;
}

function isPlain(value) {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

/** A step's config for the core: functions left out, schemas converted. `{config, accepts, warnings}`. */
function reported(config, name) {
  const warnings = [];
  let accepts = null;
  const schema = (value, key) => {
    const found = convert(value);
    if (found.warning !== null)
      warnings.push({ code: 'bad_schema', message: `${name}: ${key} is left open: ${found.warning}` });
    if (key === 'bodySchema' || key === 'input') accepts = found.accepts;
    return found.json;
  };
  const made = {};
  for (const [key, value] of Object.entries(config)) {
    if (key === 'middleware' || key === 'canAccess') continue;
    if (key === 'bodySchema' || key === 'input' || (key === 'schema' && config.type === 'stream'))
      made[key] = schema(value, key);
    else if (key === 'responseSchema' && value !== undefined && value !== null) {
      // By status; one schema alone is that of 200.
      const byStatus = isPlain(value) && Object.keys(value).every((one) => STATUS.test(one)) ? value : { 200: value };
      made[key] = Object.fromEntries(
        Object.entries(byStatus).map(([status, one]) => [status, schema(one, `${key}.${status}`)]),
      );
    } else if (key === 'parameters' && isPlain(value)) {
      made[key] = Object.fromEntries(
        Object.entries(value).map(([part, one]) => [part, schema(one, `${key}.${part}`)]),
      );
    } else {
      const kept = data(value, []);
      if (kept !== undefined) made[key] = kept;
    }
  }
  return { config: made, accepts, warnings };
}

/** Plain data out of a config value: functions and what contains itself are left out, stand-ins become null. */
function data(value, above) {
  if (typeof value === 'function') return value[Symbol.for('motia.standIn')] === true ? null : undefined;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'symbol') return undefined;
  if (typeof value !== 'object' || value === null) return value;
  if (isZod(value)) return convert(value).json;
  if (value instanceof Date || value instanceof RegExp)
    return value instanceof Date ? value.toISOString() : String(value);
  if (above.includes(value)) return undefined;
  const inside = [...above, value];
  if (Array.isArray(value)) return value.map((one) => data(one, inside) ?? null);
  const kept = Object.entries(value).map(([key, one]) => [key, data(one, inside)]);
  return Object.fromEntries(kept.filter(([, one]) => one !== undefined));
}

/** Refuses what is no object, in words. */
function requireObject(value, what) {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new FileProblem('bad_config', `${what} must be an object`);
  return value;
}

module.exports = { convert, checker, reported, data, requireObject };
