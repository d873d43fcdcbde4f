'use strict';
/**
 * One conversation in JSON-RPC 2.0: lines in → requests, notifications and answers; calls and answers → lines out.
 * Owns ids, pending calls and the limits. Knows no method and no user code; main.js gives both meanings.
 *
 * stdin EOF ends the worker in main.js; while user code blocks the loop, lifeline.js does it from a thread of its own.
 */
const { isUtf8 } = require('node:buffer');
// Ours for good: a step may replace them, a test library does.
const { parse, stringify } = JSON;
const { Lines } = require('./lines');
const { Pending } = require('./pending');
const { CODES, MotiaError } = require('./errors');

const ID = /"id"\s*:\s*(\d{1,18})\s*[,}]/;
// Bytes that may wait to be read before log lines are left out.
const BACKLOG = 64 * 1024 * 1024;
// Room for id, method and the like.
const FRAMING = 128;
const METHOD = /"method"\s*:\s*"/;

class Wire {
  /** `outlet.write(text, urgent)` sends; `onRequest(id, method, params, special)`, `onNotification(method, params)` are told. */
  constructor(outlet, onRequest, onNotification) {
    this.outlet = outlet;
    this.onRequest = onRequest;
    this.onNotification = onNotification;
    this.depth = 100;
    this.pending = new Pending();
    this.dropped = 0;
    this.lines = new Lines(
      (buffer, start, end) => this.line(buffer, start, end),
      (prefix, size) => this.oversize(prefix, size),
    );
  }

  set frame(bytes) {
    this.lines.limit = bytes;
  }

  feed(chunk) {
    this.lines.feed(chunk);
  }

  /** Resolves with the result; rejects with the core's error object, or with a MotiaError when it cannot be sent. */
  call(owner, method, params) {
    return new Promise((resolve, reject) => {
      if (this.tooLong(params)) return reject(tooLarge(`${method}: the message`, this.lines.limit));
      const id = this.pending.add({ id: 0, owner, resolve, reject });
      this.outlet.write(`{"jsonrpc":"2.0","id":${id},"method":"${method}","params":${params}}\n`, false);
    });
  }

  /** Every pending call of `owner` fails now; its late answer is dropped. */
  abandon(owner, error) {
    for (const call of this.pending.takeAll(owner)) call.reject(error);
  }

  /** Logs that are written faster than they are read are counted instead of kept, or they would fill the memory. */
  log(params) {
    if (this.outlet.backlog > BACKLOG || this.tooLong(params)) {
      this.dropped++;
      return;
    }
    if (this.dropped > 0) {
      const text = `${this.dropped} log lines were left out: they were too long or came faster than they could be sent`;
      this.dropped = 0;
      this.log(`{"level":"warn","msg":${string(text)},"fields":{},"source":"logger"}`);
    }
    this.outlet.write(`{"jsonrpc":"2.0","method":"log","params":${params}}\n`, true);
  }

  reply(id, result) {
    if (this.tooLong(result)) this.fail(id, CODES.refused, `the answer is longer than ${this.lines.limit} bytes`);
    else this.outlet.write(`{"jsonrpc":"2.0","id":${id},"result":${result}}\n`, false);
  }

  /** `data` is JSON text. */
  fail(id, code, message, data) {
    const tail = data === undefined ? '' : `,"data":${data}`;
    const text = `{"jsonrpc":"2.0","id":${id},"error":{"code":${code},"message":${string(message)}${tail}}}\n`;
    if (tail && this.tooLong(text)) this.fail(id, code, message.slice(0, 10_000));
    else this.outlet.write(text, false);
  }

  tooLong(text) {
    const limit = this.lines.limit;
    // A UTF-16 unit takes at most three bytes, so most messages need not be measured. What is sent with the text is short.
    return (text.length + FRAMING) * 3 > limit && Buffer.byteLength(text) + FRAMING > limit;
  }

  line(buffer, start, end) {
    const first = buffer[start];
    if (first !== 0x7b) {
      if (first === 0x5b && buffer.toString('latin1', start, end).includes('"jsonrpc"'))
        this.fail('null', CODES.invalid, 'batches are not supported');
      return;
    }
    const text = buffer.toString('utf8', start, end);
    if (text.includes('\ufffd') && !isUtf8(buffer.subarray(start, end)))
      return this.fail('null', CODES.parse, 'the line is not UTF-8');
    let message;
    try {
      message = parse(text);
    } catch (error) {
      return this.fail('null', CODES.parse, `the line is not JSON: ${error.message}`);
    }
    const { id, method, params } = message;
    if (typeof method !== 'string') return this.answered(id, message, text);
    if (id === undefined) return this.onNotification(method, params ?? {});
    if (!Number.isInteger(id)) return this.fail('null', CODES.invalid, `${method}: the id must be an integer`);
    if (deeper(text, this.depth))
      return this.fail(id, CODES.refused, `the message is nested deeper than ${this.depth} levels`);
    // A key that starts with `$` may be a wire form (bytes, file) or an escaped key; without one nothing need be decoded.
    this.onRequest(id, method, params ?? {}, mayHoldForms(text));
  }

  answered(id, message, text) {
    if (message.result === undefined && message.error === undefined)
      return this.fail(Number.isInteger(id) ? id : 'null', CODES.invalid, 'neither a method nor an answer');
    const call = this.pending.take(id);
    if (call === null) return;
    if (message.error !== undefined) call.reject(message.error);
    else call.resolve({ result: message.result, special: mayHoldForms(text) });
  }

  oversize(prefix, size) {
    const text = prefix.toString('latin1');
    const found = ID.exec(text);
    if (found === null || text[0] !== '{') return;
    const reason = `a message of ${size} bytes; ${this.lines.limit} are allowed`;
    if (METHOD.test(text)) return this.fail(found[1], CODES.refused, reason);
    this.pending.take(Number(found[1]))?.reject({ code: CODES.refused, message: reason });
  }
}

function mayHoldForms(text) {
  return text.includes('$') || text.includes('\\u0024');
}

/** Whether valid JSON is nested deeper than `limit`. Brackets inside strings do not count. */
function deeper(text, limit) {
  if (text.length <= 2 * limit || count(text, '[', limit) + count(text, '{', limit) <= limit) return false;
  let level = 0;
  for (const [mark] of text.matchAll(/"(?:[^"\\]|\\.)*"|[[{]|[\]}]/g)) {
    if (mark === '[' || mark === '{') {
      if (++level > limit) return true;
    } else if (mark === ']' || mark === '}') level--;
  }
  return false;
}

/** How often `mark` occurs; counting stops above `enough`. */
function count(text, mark, enough) {
  let found = 0;
  for (let at = text.indexOf(mark); at >= 0 && found <= enough; at = text.indexOf(mark, at + 1)) found++;
  return found;
}

const ESCAPE = /\\(?:u(d[89a-f][0-9a-f]{2})|u[0-9a-f]{4}|.)/g;

/** JSON.stringify writes lone surrogates as escapes; the wire has none, U+FFFD stands in for them. */
function wellFormed(json) {
  return json.includes('\\ud') ? json.replace(ESCAPE, (all, lone) => (lone ? '\ufffd' : all)) : json;
}

function string(text) {
  return wellFormed(stringify(text));
}

function tooLarge(what, limit) {
  return new MotiaError(CODES.refused, `${what} is longer than ${limit} bytes`);
}

module.exports = { Wire, wellFormed, string };
