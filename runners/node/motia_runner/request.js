'use strict';
/**
 * The request an api handler gets: a plain, mutable object that middleware may change. `body` comes from the exact
 * text received unless the core sends one; what few handlers read (cookies, files, bytes) is made on first use.
 */
const fs = require('node:fs');
const { decode } = require('./values');

class Request {
  constructor(input, special) {
    this.body = undefined;
    this.headers = input.headers ?? {};
    this.pathParams = this.params = input.params ?? {};
    this.queryParams = this.query = input.query ?? {};
    this.rawBody = input.raw ?? '';
    this.method = input.method;
    this.path = input.path;
    this.url = input.url;
    this.ip = input.ip ?? '';
    if (special && typeof input.raw === 'object') this.rawBody = decode(input.raw);
    this.body = body(input, this.rawBody, special);
    Object.defineProperty(this, FILES, { value: input.files });
  }

  get cookies() {
    return remember(this, 'cookies', cookies(this.headers.cookie));
  }

  set cookies(value) {
    remember(this, 'cookies', value);
  }

  get files() {
    return remember(
      this,
      'files',
      (this[FILES] ?? []).map((file) => new UploadedFile(file)),
    );
  }

  set files(value) {
    remember(this, 'files', value);
  }
}
const FILES = Symbol('files');

class UploadedFile {
  constructor({ name, filename, contentType, size, path }) {
    Object.assign(this, { name, filename, contentType, size, path });
  }

  get bytes() {
    return fs.readFileSync(this.path);
  }
}

function body(input, raw, special) {
  if (input.body !== undefined) return special ? decode(input.body) : input.body;
  switch (input.bodyKind) {
    case 'json':
      return raw === '' ? {} : JSON.parse(typeof raw === 'string' ? raw : raw.toString('utf8'));
    case 'text':
    case 'bytes':
      return raw;
    default:
      return {};
  }
}

function remember(request, name, value) {
  Object.defineProperty(request, name, { value, writable: true, enumerable: true, configurable: true });
  return value;
}

function cookies(header) {
  const found = {};
  const text = Array.isArray(header) ? header.join('; ') : (header ?? '');
  for (const pair of text.split(';')) {
    const equals = pair.indexOf('=');
    if (equals < 1) continue;
    const name = pair.slice(0, equals).trim();
    const value = pair
      .slice(equals + 1)
      .trim()
      .replace(/^"(.*)"$/, '$1');
    if (Object.hasOwn(found, name)) continue;
    try {
      found[name] = decodeURIComponent(value);
    } catch {
      found[name] = value;
    }
  }
  return found;
}

/** What middleware hands to `next`, or the request as it was. A copy made by spreading keeps what is made on first use. */
function replacement(given, request) {
  if (typeof given !== 'object' || given === null || given instanceof Request) return given ?? request;
  for (const name of ['cookies', 'files'])
    if (!(name in given) && Object.isExtensible(given))
      Object.defineProperty(given, name, { get: () => request[name], enumerable: true, configurable: true });
  return given;
}

module.exports = { Request, remember, replacement };
