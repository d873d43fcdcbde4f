'use strict';
/**
 * Whatever authors give as a schema → JSON Schema for the core, and a check of our own for what JSON Schema cannot say.
 * What the author's schema accepts, the core's copy must not refuse: nodes that change or rescue their input are open in
 * it (zod.js). What is no schema warns and is left open; nothing here stops a start.
 */
const { FileProblem } = require('./errors');

const KEYWORDS = new Set(
  (
    '$schema $id $ref $defs definitions type properties required items prefixItems additionalProperties patternProperties enum const ' +
    'anyOf oneOf allOf not if then else format pattern minimum maximum minLength maxLength title description default examples nullable'
  ).split(' '),
);
const TYPES = {
  string: 'string',
  number: 'number',
  integer: 'integer',
  int: 'integer',
  float: 'number',
  boolean: 'boolean',
  bool: 'boolean',
  object: 'object',
  array: 'array',
  null: 'null',
};
const CONSTRUCTORS = new Map([
  [String, 'string'],
  [Number, 'number'],
  [Boolean, 'boolean'],
  [Object, 'object'],
  [Array, 'array'],
  [Date, 'date'],
]);
const OPEN = Object.freeze({});

/** `{json, validates, warning}`; `json` null = no schema. */
function convert(schema) {
  if (schema === undefined || schema === null) return { json: null, validates: false, warning: null };
  try {
    return { warning: null, ...converted(schema) };
  } catch (error) {
    return { json: OPEN, validates: isValidator(schema), warning: `it could not be converted (${error.message})` };
  }
}

function converted(schema) {
  if (isZod(schema)) return require('./zod').convert(schema);
  if (typeof schema === 'boolean') return { json: schema, validates: false };
  if (typeof schema?.['~standard'] === 'object') return standard(schema);
  if (typeof schema !== 'object' || Array.isArray(schema))
    return { json: OPEN, validates: false, warning: `${kind(schema)} is no schema` };
  if (typeof schema.toJSON === 'function') return { json: schema.toJSON(), validates: false };
  const short = shorthand(schema);
  if (short !== null) return { json: short, validates: false };
  const known = Object.keys(schema).some((key) => KEYWORDS.has(key));
  if (known || Object.keys(schema).length === 0) return { json: schema, validates: false };
  return { json: OPEN, validates: false, warning: 'it is no schema that is known here' };
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

function isValidator(schema) {
  return isZod(schema) || typeof schema?.['~standard']?.validate === 'function';
}

/** Standard Schema of other makers: their own JSON Schema when they have one, else open and checked here. */
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
      if (json !== undefined && json !== null && typeof json === 'object') return { json, validates: true };
    } catch {
      // It has the method but not for this schema.
    }
  }
  return {
    json: OPEN,
    validates: true,
    warning: `${schema['~standard'].vendor ?? 'its maker'} gives no JSON Schema; it is checked in the worker only`,
  };
}

/** `{id: 'string', tags: ['string'], address: {zip: 'string'}, note: 'string?'}` → JSON Schema; null when it is none. */
function shorthand(schema) {
  const names = Object.keys(schema);
  if (names.length === 0 || names.every((name) => KEYWORDS.has(name))) return null;
  const properties = {};
  const required = [];
  for (const name of names) {
    const made = short(schema[name]);
    if (made === null) return null;
    const optional = name.endsWith('?') || (typeof schema[name] === 'string' && schema[name].endsWith('?'));
    const key = name.replace(/\?$/, '');
    properties[key] = made;
    if (!optional) required.push(key);
  }
  return { type: 'object', properties, required };
}

function short(value) {
  if (typeof value === 'function') return CONSTRUCTORS.has(value) ? short(CONSTRUCTORS.get(value)) : null;
  if (typeof value === 'string') {
    const name = value.replace(/\?$/, '').toLowerCase();
    if (name.endsWith('[]')) {
      const items = short(name.slice(0, -2));
      return items && { type: 'array', items };
    }
    if (name === 'any' || name === 'unknown') return {};
    if (name === 'date' || name === 'datetime') return { type: 'string', format: 'date-time' };
    return name in TYPES ? { type: TYPES[name] } : null;
  }
  if (isZod(value)) return convert(value).json;
  if (Array.isArray(value)) {
    const items = value.length === 1 ? short(value[0]) : null;
    return items && { type: 'array', items };
  }
  if (typeof value !== 'object' || value === null) return null;
  return shorthand(value) ?? (Object.keys(value).some((key) => KEYWORDS.has(key)) ? value : null);
}

/** A function `value → {value} | {issues}` (or a promise of it), or null when the core can check everything. */
function checker(schema, parses) {
  if (!isValidator(schema) || !(parses || convert(schema).validates)) return null;
  return (value) => {
    const result = validate(schema, value);
    return typeof result?.then === 'function' ? result.then(outcome) : outcome(result);
  };
}

function validate(schema, value) {
  if (schema['~standard'] !== undefined) return schema['~standard'].validate(value);
  return schema
    .safeParseAsync(value)
    .then(({ success, data, error }) => (success ? { value: data } : { issues: error.issues }));
}

function outcome(result) {
  if (result.issues === undefined) return { value: result.value };
  return { issues: result.issues.map(issue) };
}

function issue({ path = [], message, code }) {
  const keys = path.map((part) => (typeof part === 'object' && part !== null ? part.key : part));
  return { path: keys.map(String).join('.'), message: String(message), code: code ?? 'invalid' };
}

/** A step's config for the core: functions left out, schemas converted. `{config, warnings}`. */
function reported(config, name) {
  const warnings = [];
  const schema = (value, key) => {
    const { json, warning } = convert(value);
    if (warning !== null) warnings.push({ code: 'bad_schema', message: `${name}: ${key} is left open: ${warning}` });
    return json;
  };
  const made = {};
  for (const [key, value] of Object.entries(config)) {
    if (key === 'middleware' || key === 'canAccess') continue;
    if (key === 'bodySchema' || key === 'input' || (key === 'schema' && config.type === 'stream'))
      made[key] = schema(value, key);
    else if (key === 'responseSchema' && typeof value === 'object' && value !== null) {
      const byStatus = isZod(value) ? { 200: value } : value;
      made[key] = Object.fromEntries(
        Object.entries(byStatus).map(([status, one]) => [status, schema(one, `${key}.${status}`)]),
      );
    } else {
      const kept = data(value, []);
      if (kept !== undefined) made[key] = kept;
    }
  }
  return { config: made, warnings };
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
