'use strict';
/**
 * Values ↔ wire JSON (runners/PROTOCOL.md §3): bytes, dates, errors, sets and maps; escaped keys; files above `spill`.
 * Three forms: `wire` for the core, `http` for a JSON body (no escapes, bytes as base64), `log` (never fails).
 *
 * Most values are plain JSON, so `plain` looks first and JSON.stringify does the work; only others are rebuilt.
 */
const fs = require('node:fs');
const path = require('node:path');
const { types } = require('node:util');
const { CODES, MotiaError } = require('./errors');
const { stringify } = JSON;
const { wellFormed, string } = require('./wire');

const FORM = /^\$+(bytes|file)$/;
const ESCAPED = /^\$\$+(bytes|file)$/;
// The envelope of a message takes up to four levels of the agreed depth.
const ENVELOPE = 4;
const MARK = '__motia';

const limits = { spill: 256 * 1024, depth: 100, runDir: '' };

/** JSON text of `value`. `root` names it in errors. Throws MotiaError 1012 for what has no JSON form. */
function encode(value, root = 'value', form = 'wire') {
  const room = limits.depth - ENVELOPE;
  const text = stringify(plain(value, room) ? value : new Rebuild(root, form).value(value, room));
  return text === undefined ? 'null' : wellFormed(text);
}

/** Whether JSON.stringify alone gives the right text. False is always safe. */
function plain(value, room) {
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'boolean':
    case 'undefined':
      return true;
    case 'object': {
      if (value === null) return true;
      if (room === 0) return false;
      if (Array.isArray(value)) {
        for (let i = 0; i < value.length; i++) if (!plain(value[i], room - 1)) return false;
        return true;
      }
      const prototype = Object.getPrototypeOf(value);
      if (prototype !== Object.prototype && prototype !== null) return prototype === Date.prototype;
      for (const key in value) {
        if (key.charCodeAt(0) === 36 || key === MARK || !plain(value[key], room - 1)) return false;
      }
      return true;
    }
    default:
      return false;
  }
}

/** One conversion: remembers the way down, for cycles and for the key path in errors. */
class Rebuild {
  constructor(root, form) {
    this.root = root;
    this.form = form;
    this.keys = [];
    this.above = [];
  }

  value(value, room) {
    switch (typeof value) {
      case 'bigint':
        return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
      case 'function':
        return this.refuse(`a function${value.name ? ` (${value.name})` : ''} has no form in JSON`, '[function]');
      case 'symbol':
        return this.refuse('a symbol has no form in JSON', String(value));
      case 'object':
        return value === null ? null : this.object(value, room);
      default:
        return value;
    }
  }

  object(value, room) {
    const bytes = toBytes(value);
    if (bytes !== null) return this.bytes(bytes);
    if (this.above.includes(value)) return this.refuse('contains itself', '[circular]');
    if (room === 0) return this.refuse(`nested deeper than ${limits.depth} levels`, '[…]');
    this.above.push(value);
    const made = this.made(value, room - 1);
    this.above.pop();
    return made;
  }

  made(value, room) {
    if (Array.isArray(value)) return this.list(value, room);
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
    if (types.isNativeError(value) || value instanceof Error) return this.error(value, room);
    if (value instanceof Map) return this.entries(value, room);
    if (value instanceof Set || ArrayBuffer.isView(value)) return this.list([...value], room);
    if (typeof value.toJSON === 'function') return this.value(value.toJSON(this.keys.at(-1) ?? ''), room);
    if (types.isPromise(value)) return this.refuse('a promise has no form in JSON (await it)', '[promise]');
    if (types.isGeneratorObject(value)) return this.refuse('a generator has no form in JSON', '[generator]');
    if (value instanceof RegExp || types.isBoxedPrimitive(value))
      return value instanceof RegExp ? String(value) : this.value(value.valueOf(), room);
    return this.entries(Object.entries(value), room);
  }

  list(items, room) {
    return items.map((item, index) => (this.leftOut(item) ? null : (this.inside(`[${index}]`, item, room) ?? null)));
  }

  entries(pairs, room) {
    const made = {};
    for (const [name, value] of pairs) {
      const key = typeof name === 'symbol' ? name.toString() : String(name);
      if (value === undefined || this.leftOut(value) || (this.form === 'wire' && key === MARK && isMark(value))) continue;
      const sent = this.form !== 'http' && FORM.test(key) ? `$${key}` : key;
      put(made, sent, this.inside(`.${key}`, value, room));
    }
    return made;
  }

  /** As JSON.stringify does, and as projects rely on: methods of an object are not data. Logs name them. */
  leftOut(value) {
    return this.form !== 'log' && (typeof value === 'function' || typeof value === 'symbol');
  }

  error(error, room) {
    const made = { name: part(error, 'name'), message: part(error, 'message'), stack: part(error, 'stack') };
    for (const key of ['code', 'cause']) {
      const value = part(error, key, (one) => one);
      if (value !== undefined && value !== '' && !this.leftOut(value)) made[key] = this.inside(`.${key}`, value, room);
    }
    return made;
  }

  inside(key, value, room) {
    this.keys.push(key);
    const made = this.value(value, room);
    this.keys.pop();
    return made;
  }

  bytes(bytes) {
    if (this.form === 'http') return bytes.toString('base64');
    if (this.form === 'log' && bytes.length > 4096) return `[${bytes.length} bytes]`;
    return form(bytes);
  }

  refuse(why, instead) {
    if (this.form === 'log') return instead;
    throw new MotiaError(CODES.refused, `${this.root}${this.keys.join('')}: ${why}`);
  }
}

/** What an error says of itself; some cannot even be read. */
function part(error, key, form = String) {
  try {
    return form(error[key] ?? '');
  } catch {
    return key === 'name' ? 'Error' : '';
  }
}

/** The fields of a log line: whatever they are, logging them never fails. */
function logged(fields) {
  if (fields === undefined) return '{}';
  try {
    return encode(fields, 'fields', 'log');
  } catch (error) {
    return `{"unprintable":${string(part(error, 'message'))}}`;
  }
}

/** The Buffer behind bytes of any kind, without a copy; null for anything else. */
function toBytes(value) {
  if (Buffer.isBuffer(value)) return value;
  if (value instanceof Uint8Array || value instanceof Uint8ClampedArray || value instanceof DataView)
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  if (types.isAnyArrayBuffer(value)) return Buffer.from(value);
  return null;
}

/** The wire form of bytes: base64, or a file that the core deletes. */
function form(bytes) {
  if (bytes.length <= limits.spill) return { $bytes: bytes.toString('base64') };
  // Loaded late: it costs a start several milliseconds.
  const { randomUUID } = require('node:crypto');
  const file = path.join(limits.runDir, `node-${process.pid}-${randomUUID()}`);
  fs.writeFileSync(file, bytes, { mode: 0o600, flag: 'wx' });
  return { $file: file, size: bytes.length };
}

/** Wire JSON, parsed → the author's value. Changes it in place where it can. Throws MotiaError 1012. */
function decode(value) {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) value[i] = decode(value[i]);
    return value;
  }
  const keys = Object.keys(value);
  if (keys.length === 1 && typeof value.$bytes === 'string') return Buffer.from(value.$bytes, 'base64');
  if (keys.length === 2 && typeof value.$file === 'string' && 'size' in value) return read(value.$file);
  const escaped = keys.some((key) => ESCAPED.test(key));
  const target = escaped ? {} : value;
  for (const key of keys) put(target, ESCAPED.test(key) ? key.slice(1) : key, decode(value[key]));
  return target;
}

function read(file) {
  try {
    const real = fs.realpathSync(file);
    if (path.dirname(real) === limits.runDir) return fs.readFileSync(real);
  } catch (error) {
    throw new MotiaError(CODES.refused, `the file of a value cannot be read: ${error.message}`);
  }
  throw new MotiaError(CODES.refused, `the file of a value lies outside the run folder: ${file}`);
}

function put(target, key, value) {
  // `target.__proto__ = …` would change the prototype instead of making a key.
  if (key === '__proto__')
    Object.defineProperty(target, key, { value, enumerable: true, writable: true, configurable: true });
  else target[key] = value;
}

/** What marks a stream item in HTTP bodies; it never goes back to the core. */
function isMark(value) {
  return typeof value === 'object' && value !== null && value.type === 'state-stream' && 'streamName' in value;
}

module.exports = { encode, decode, logged, part, toBytes, limits, MARK };
