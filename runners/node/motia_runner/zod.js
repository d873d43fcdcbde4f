'use strict';
/**
 * Zod → JSON Schema, in two versions. `faithful` says what the author wrote, for people and documents. `accepting` is
 * what the core checks with: never narrower than zod, so whatever coerces, changes, rescues or speaks the author's own
 * words is open in it. What both versions of Zod have in common is here; zod3.js and zod4.js walk their own nodes.
 * A node's answer is `[json, presence]`: whether the key that holds it may be left out.
 */
const REQUIRED = 0;
const OPTIONAL = 1;
/** Zod may take a missing key here, or not: the core asks for none and the worker decides. */
const UNSURE = 2;

const DEEPEST = 64;
const MOST = 10_000;
// Patterns that mean the same to every engine, whatever the text: no flags, and no classes that say what is NOT there.
const PLAIN = /^(?:[^\\.(]|\\[dw.\-+*?()[\]{}|/^$\\]|\((?:\?:|(?!\?)))*$/;

class Copy {
  constructor({ faithful, defaults = true }) {
    this.faithful = faithful;
    this.defaults = defaults;
    this.exact = true;
    this.fills = false;
    this.strict = true;
    this.open = new Map();
    this.named = {};
    this.count = 0;
  }

  whole(schema) {
    const [json] = this.visit(schema);
    return Object.keys(this.named).length > 0 ? { ...json, $defs: this.named } : json;
  }

  /** Recursion becomes `$ref`. */
  visit(schema) {
    const met = this.open.get(schema);
    if (met !== undefined) {
      met.name ??= `schema${Object.keys(this.named).length + this.open.size}`;
      return [{ $ref: `#/$defs/${met.name}` }, UNSURE];
    }
    if (this.open.size > DEEPEST || ++this.count > MOST) return this.unknown();
    const here = { name: null };
    this.open.set(schema, here);
    const [json, presence] = this.node(schema);
    this.open.delete(schema);
    if (here.name === null) return [json, presence];
    this.named[here.name] = json;
    return [{ $ref: `#/$defs/${here.name}` }, presence];
  }

  /** `described` for people, anything for the core: the worker decides. */
  loose(described = {}, presence = UNSURE) {
    this.exact = false;
    return this.faithful ? [described, presence] : [{}, UNSURE];
  }

  unknown() {
    return this.loose({});
  }

  /** A node whose author worded its errors is the worker's to judge, so that the words are seen; its parts are not. */
  spoken([json, presence]) {
    if (this.faithful) return [json, presence];
    this.exact = false;
    const parts = STRUCTURE.filter((key) => json[key] !== undefined && json[key] !== false).map((key) => [
      key,
      json[key],
    ]);
    return [Object.fromEntries(parts), presence === REQUIRED ? UNSURE : presence];
  }

  string(checks) {
    const json = { type: 'string' };
    const changed = checks.some(({ kind }) => kind === 'changes');
    for (const check of checks) {
      const { kind, value } = check;
      if (this.faithful) this.describeString(json, check);
      else if (kind === 'min' && value <= 1 && !changed && !check.spoken)
        json.minLength = Math.max(json.minLength ?? 0, value);
      else this.acceptString(json, check, changed);
    }
    return json;
  }

  describeString(json, { kind, value, format, pattern }) {
    if (kind === 'min' || kind === 'length') json.minLength = Math.max(json.minLength ?? 0, value);
    if (kind === 'max' || kind === 'length') json.maxLength = Math.min(json.maxLength ?? Infinity, value);
    if (kind === 'format') json.format = format;
    if (kind === 'pattern' && !/[imsy]/.test(pattern.flags)) {
      if (json.pattern === undefined) json.pattern = pattern.source;
      else (json.allOf ??= []).push({ pattern: pattern.source });
    }
  }

  /** Zod counts UTF-16 units, JSON Schema characters: half as many of these may be enough. */
  acceptString(json, { kind, value, format, pattern, spoken }, changed) {
    this.exact = false;
    if (spoken || changed) return;
    if (kind === 'min' || kind === 'length') json.minLength = Math.max(json.minLength ?? 0, Math.ceil(value / 2));
    if (kind === 'max' || kind === 'length') json.maxLength = Math.min(json.maxLength ?? Infinity, value);
    if (kind === 'format' && FORMATS.has(format)) json.format = format;
    if (
      kind === 'pattern' &&
      ['', 'u', 'g'].includes(pattern.flags) &&
      PLAIN.test(pattern.source) &&
      !pattern.source.includes('[^')
    )
      (json.allOf ??= []).push({ pattern: pattern.source });
  }

  number(checks) {
    const json = { type: checks.some(({ kind }) => kind === 'int') ? 'integer' : 'number' };
    for (const { kind, value, spoken } of checks) {
      const exact = LIMITS[kind] !== undefined || kind === 'int';
      if (!exact || spoken || !(Math.abs(value ?? 0) <= Number.MAX_SAFE_INTEGER)) {
        this.exact = false;
        if (!this.faithful) {
          if (kind === 'int' && spoken) json.type = 'number';
          continue;
        }
      }
      if (kind === 'multiple') json.multipleOf = value;
      else if (exact && kind !== 'int') limit(json, kind, value);
    }
    return json;
  }

  array(items, checks) {
    const json = { type: 'array', items };
    for (const { kind, value, spoken } of checks) {
      const known = ['min', 'max', 'length'].includes(kind);
      if (!known || spoken) this.exact = false;
      if (!known || (spoken && !this.faithful)) continue;
      if (kind !== 'max') json.minItems = Math.max(json.minItems ?? 0, value);
      if (kind !== 'min') json.maxItems = Math.min(json.maxItems ?? Infinity, value);
    }
    return json;
  }

  /** `rest`: the schema of further keys, null = any, `never` = none. */
  object(shape, rest, never) {
    const properties = {};
    const required = [];
    for (const key of Object.keys(shape)) {
      const [json, presence] = this.visit(shape[key]);
      properties[key] = json;
      // Found on every object, sent or not.
      if (key in Object.prototype) this.exact = false;
      if (presence === REQUIRED || (this.faithful && presence === UNSURE)) required.push(key);
      else if (presence === UNSURE) this.exact = false;
    }
    const json = { type: 'object', properties };
    if (required.length > 0) json.required = required;
    if (never && (this.strict || this.faithful)) json.additionalProperties = false;
    else if (never) this.exact = false;
    else if (rest !== null) [json.additionalProperties] = this.visit(rest);
    return json;
  }

  tuple(items, rest) {
    const found = items.map((item) => this.visit(item));
    const last = found.findLastIndex(([, presence]) => presence === REQUIRED);
    if (found.some(([, presence]) => presence !== REQUIRED)) this.exact = false;
    const json = { type: 'array', minItems: last + 1 };
    if (found.length > 0) json.prefixItems = found.map(([one]) => one);
    json.items = rest === null ? false : this.visit(rest)[0];
    return json;
  }

  record(key, value) {
    const json = { type: 'object' };
    const [keys] = this.visit(key);
    const [values] = this.visit(value);
    if (Object.keys(keys).length === 1 && keys.type === 'string') return { ...json, additionalProperties: values };
    this.exact = false;
    return this.faithful ? { ...json, propertyNames: keys, additionalProperties: values } : json;
  }

  union(options) {
    const found = options.map((option) => this.visit(option));
    const presence = found.some(([, one]) => one !== REQUIRED) ? UNSURE : REQUIRED;
    return [{ anyOf: found.map(([json]) => json) }, presence];
  }

  nullable([json, presence]) {
    if (Object.keys(json).length === 0) return [json, presence];
    const simple = typeof json.type === 'string' && json.enum === undefined && json.const === undefined;
    return [simple ? { ...json, type: [json.type, 'null'] } : { anyOf: [json, { type: 'null' }] }, presence];
  }

  /** Both sides at once; zod has rules of its own for strict sides. */
  both(left, right) {
    const before = this.strict;
    this.strict = false;
    this.exact = false;
    const parts = [this.visit(left)[0], this.visit(right)[0]];
    this.strict = before;
    return [{ allOf: parts }, UNSURE];
  }

  values(values) {
    const plain = values.filter((one) => one === null || ['string', 'number', 'boolean'].includes(typeof one));
    const presence = values.includes(undefined) ? OPTIONAL : REQUIRED;
    if (plain.length < values.length) this.exact = false;
    if (plain.length === 0) return this.loose({}, presence);
    return [plain.length === 1 ? { const: plain[0] } : { enum: plain }, presence];
  }

  /** `read` gives the default: twice, since a function may make another each time. Those are the worker's to fill in. */
  withDefault([json], read) {
    this.fills = true;
    if (!this.defaults) return [json, OPTIONAL];
    const value = read();
    if (value === undefined) return [json, OPTIONAL];
    const text = JSON.stringify(value);
    if (text === undefined || text !== JSON.stringify(read()) || isOfNow(value)) {
      this.exact = false;
      return [json, OPTIONAL];
    }
    return [{ ...json, default: JSON.parse(text) }, OPTIONAL];
  }
}

const STRUCTURE = ['properties', 'required', 'additionalProperties', 'items', 'prefixItems', '$ref', 'default'];
const FORMATS = new Set(['email', 'uuid', 'date-time', 'date', 'time', 'ipv4', 'ipv6']);
const LIMITS = { gte: 'minimum', gt: 'exclusiveMinimum', lte: 'maximum', lt: 'exclusiveMaximum' };

function limit(json, kind, value) {
  const key = LIMITS[kind];
  const narrower = kind.startsWith('g') ? Math.max : Math.min;
  json[key] = json[key] === undefined ? value : narrower(json[key], value);
}

/** Whether a default was surely made from the clock. */
function isOfNow(value) {
  if (value instanceof Date) return true;
  if (typeof value === 'object' && value !== null) return Object.values(value).some(isOfNow);
  const time = typeof value === 'string' && /^\d{4}-/.test(value) ? Date.parse(value) : value;
  const near = (one) => Math.abs(Date.now() - one) < 86_400_000;
  return typeof time === 'number' && (near(time) || near(time * 1000));
}

/**
 * `{json, accepts, validates, fills}`: `accepts` is null when the core can check with `json`. Where the worker checks, it
 * fills in the defaults too.
 */
function convert(schema) {
  const { Walk } = require(schema._zod !== undefined ? './zod4' : './zod3');
  const json = new Walk({ faithful: true }).whole(schema);
  const copy = new Walk({ faithful: false });
  let accepts = copy.whole(schema);
  const validates = !copy.exact;
  if (validates && copy.fills) accepts = new Walk({ faithful: false, defaults: false }).whole(schema);
  const same = JSON.stringify(accepts) === JSON.stringify(json);
  return { json, accepts: same ? null : accepts, validates, fills: validates && copy.fills };
}

module.exports = { Copy, convert, REQUIRED, OPTIONAL, UNSURE };
