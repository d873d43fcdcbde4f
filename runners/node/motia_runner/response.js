'use strict';
/**
 * What a handler returned → the `response` of the wire. Knows the dialects; the core knows none.
 * A body that is made piece by piece is given back as `chunks`, for chunks.js to send.
 */
const { encode, toBytes } = require('./values');
const { string } = require('./wire');

const ENVELOPE = new Set(['status', 'headers', 'body']);

/** `{status, headers (JSON text), kind, body (JSON text), chunks?}`; `warn(text)` is told of what was ignored. */
function toResponse(value, dialect, warn) {
  const envelope = asEnvelope(value, dialect, warn);
  if (envelope === null && (value === undefined || value === null)) {
    warn('the handler returned nothing; the answer is 204 without a body');
    return { status: 204, headers: '{}', kind: 'none', body: 'null' };
  }
  const { status, headers, body } = envelope ?? { status: 200, headers: undefined, body: value };
  const names = toHeaders(headers);
  const bytes = toBytes(body) ?? oldBuffer(body);
  if (bytes !== null) return { status, headers: string(names), kind: 'bytes', body: encode(bytes) };
  if (typeof body === 'string') {
    if (!has(names, 'content-type'))
      names['content-type'] = envelope === null ? 'text/plain; charset=utf-8' : 'text/html; charset=utf-8';
    return { status, headers: string(names), kind: 'text', body: string(body) };
  }
  if (body === undefined) return { status, headers: string(names), kind: 'none', body: 'null' };
  const chunks = toChunks(body);
  if (chunks !== null) return { status, headers: string(names), kind: 'streamed', body: 'null', chunks, names };
  return {
    status,
    headers: string(names),
    kind: 'json',
    body: encode(body, envelope === null ? 'result' : 'result.body', 'http'),
  };
}

/** `{status, headers, body}`, or null when the value is a body itself. */
function asEnvelope(value, dialect, warn) {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  if (value instanceof Response) return { status: value.status, headers: value.headers, body: value.body ?? undefined };
  const others = Object.keys(value).filter((key) => !ENVELOPE.has(key));
  const status = toStatus(value.status);
  if (status === null && (value.status !== undefined || !('body' in value) || others.length > 0)) return null;
  if (others.length > 0) {
    if (dialect !== 'a') return null;
    warn(`the response has keys that are ignored: ${others.join(', ')}`);
  }
  return { status: status ?? 200, headers: value.headers, body: value.body };
}

function toStatus(status) {
  const number = typeof status === 'string' && /^\d{3}$/.test(status) ? Number(status) : status;
  return Number.isInteger(number) && number >= 100 && number <= 599 ? number : null;
}

/** Values become texts or lists of texts; undefined and null are left out. */
function toHeaders(headers) {
  const made = {};
  if (headers === undefined || headers === null) return made;
  const pairs =
    headers instanceof Headers || headers instanceof Map || Array.isArray(headers) ? headers : Object.entries(headers);
  for (const [name, value] of pairs) {
    if (value === undefined || value === null) continue;
    const texts = (Array.isArray(value) ? value : [value]).map(String);
    // Headers yields `set-cookie` once per cookie.
    if (Object.hasOwn(made, name)) made[name] = [].concat(made[name], texts);
    else made[name] = Array.isArray(value) ? texts : texts[0];
  }
  return made;
}

function has(headers, name) {
  return Object.keys(headers).some((key) => key.toLowerCase() === name);
}

/** The form in which old handlers, and JSON, carry a Buffer. */
function oldBuffer(body) {
  const old =
    typeof body === 'object' &&
    body !== null &&
    body.type === 'Buffer' &&
    Array.isArray(body.data) &&
    Object.keys(body).length === 2;
  return old ? Buffer.from(body.data) : null;
}

/** An iterator over the pieces of a streamed body, or null. Lists, maps and sets are values, not streams. */
function toChunks(body) {
  if (typeof body !== 'object') return null;
  if (body instanceof Blob) return body.stream()[Symbol.asyncIterator]();
  if (typeof body?.[Symbol.asyncIterator] === 'function') return body[Symbol.asyncIterator]();
  if (typeof body?.[Symbol.iterator] === 'function' && typeof body.next === 'function') return body[Symbol.iterator]();
  return null;
}

module.exports = { toResponse, has };
