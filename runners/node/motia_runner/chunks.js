'use strict';
/**
 * Sends a streamed body: one chunk at a time, the answer to each is the credit for the next. Stops making chunks when
 * the client has gone or the invocation is cancelled.
 */
const { encode, toBytes } = require('./values');
const { CODES, MotiaError } = require('./errors');
const { has } = require('./response');

/** Resolves when all has gone out, or nobody reads any more. Changes `response` when there was not one chunk. */
async function send(run, response) {
  const { chunks, names, status } = response;
  const events = String(header(names, 'content-type') ?? '').startsWith('text/event-stream');
  let first = true;
  try {
    for (;;) {
      const { done, value } = await chunks.next();
      if (done) break;
      if (run.cancelled !== null) return await stop(chunks);
      const data = piece(value, events);
      if (data === null) continue;
      if (first && !has(names, 'content-type'))
        names['content-type'] = typeof data === 'string' ? 'text/plain; charset=utf-8' : 'application/octet-stream';
      await run.call('response.chunk', first ? { status, headers: names, data } : { data });
      first = false;
    }
  } catch (error) {
    await stop(chunks);
    if (error instanceof MotiaError && error.code === CODES.clientGone) run.cancel('client');
    else throw error;
  }
  if (first) response.kind = 'none';
  else response.headers = encode(names);
}

async function stop(chunks) {
  try {
    await chunks.return?.();
  } catch {
    // The generator's own clean-up failed; the answer is decided already.
  }
}

/** A text or bytes; an object becomes a server-sent event or a line of JSON. */
function piece(value, events) {
  if (value === undefined || value === null || value === '') return null;
  if (typeof value === 'string') return value;
  const bytes = toBytes(value);
  if (bytes !== null) return bytes.length === 0 ? null : bytes;
  return events ? serverSentEvent(value) : `${encode(value, 'chunk', 'http')}\n`;
}

function serverSentEvent(value) {
  const { event, id, retry, data, ...rest } = Object(value);
  const known = typeof value === 'object' && data !== undefined && Object.keys(rest).length === 0;
  const text = known ? data : value;
  const lines = (typeof text === 'string' ? text : encode(text, 'chunk.data', 'http'))
    .split(/\r\n|[\r\n]/)
    .map((line) => `data: ${line}\n`);
  if (!known) return `${lines.join('')}\n`;
  const head = [
    ['event', event],
    ['id', id],
    ['retry', retry],
  ].filter(([, one]) => one !== undefined);
  return `${head.map(([name, one]) => `${name}: ${String(one).replace(/[\r\n]+/g, ' ')}\n`).join('')}${lines.join('')}\n`;
}

function header(headers, name) {
  return Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1];
}

module.exports = { send, serverSentEvent };
