'use strict';
/**
 * One invocation while it lives: its calls to the core, its logs, its cancellation and its one outcome.
 * Answers when the handler has settled and everything it started has ended. Knows neither requests nor dialects.
 */
const { encode, decode } = require('./values');
const { logParams } = require('./scope');
const { setImmediate } = require('node:timers');
const { isProxy } = require('node:util/types');
const { string } = require('./wire');
const { CODES, MotiaError } = require('./errors');
const { current } = require('./transaction');
const { asError } = require('./failures');
const output = require('./output');

class Run {
  /** `answer(run)` is called once, when all has ended; `run.failure` or `run.value` holds the outcome. */
  constructor(wire, params, step, answer) {
    this.wire = wire;
    this.id = params.invocation;
    this.idText = string(this.id);
    this.traceId = params.traceId;
    this.step = step;
    this.topic = params.topic;
    this.attempt = params.attempt ?? 1;
    this.sampled = params.sampled ?? true;
    this.traceState = params.traceState ?? '';
    this.deadline = Date.now() + params.deadlineMs;
    this.answer = answer;
    this.open = 0;
    this.blocks = 0;
    this.settled = false;
    this.over = false;
    this.failure = null;
    this.value = undefined;
    this.cancelled = null;
    this.controller = null;
    this.printed = { stdout: '', stderr: '' };
    this.previous = null;
    this.next = null;
  }

  /** A call to the core, or, inside a transaction, to its block. Values are encoded before it returns. */
  call(method, params) {
    const block = this.blocks === 0 ? null : current(this);
    return block === null ? this.direct(method, params) : block.call(method, params);
  }

  direct(method, params) {
    const text = this.params(params, method);
    return this.send(method, `{"invocation":${this.idText}${text === '{}' ? '' : ','}${text.slice(1)}`);
  }

  params(params, method) {
    let text = '';
    const root = method.startsWith('events.') ? method.slice(7) : method;
    for (const key in params) {
      if (params[key] !== undefined) text += `${text && ','}"${key}":${encode(params[key], `${root}.${key}`)}`;
    }
    return `{${text}}`;
  }

  async send(method, text) {
    const { result, special } = await this.exchange(method, text);
    return special ? decode(result) : result;
  }

  /** The result as wire JSON, parsed but not decoded. */
  async raw(method, params) {
    const text = this.params(params, method);
    return (await this.exchange(method, `{"invocation":${this.idText},${text.slice(1)}`)).result;
  }

  async exchange(method, text) {
    this.open++;
    try {
      return await this.wire.call(this, method, text);
    } catch (error) {
      // Made here, in an async function the author awaits, so that the stack leads to the call.
      throw error instanceof Error ? error : new MotiaError(error.code, error.message, error.data);
    } finally {
      if (--this.open === 0 && this.settled) this.drained();
    }
  }

  log(level, msg, fields, source) {
    this.wire.log(logParams(`"invocation":${this.idText},`, level, msg, fields, source));
  }

  get signal() {
    if (this.controller === null) {
      this.controller = new AbortController();
      if (this.cancelled !== null) this.controller.abort(cancellation(this.cancelled));
    }
    return this.controller.signal;
  }

  /** Waiting calls fail now, so that a handler that waits for the core wakes up. */
  cancel(reason) {
    if (this.over || this.cancelled !== null) return;
    this.cancelled = reason;
    const error = cancellation(reason);
    this.controller?.abort(error);
    this.wire.abandon(this, error);
  }

  succeed(value) {
    this.settle(null, value);
  }

  fail(error) {
    if (this.settled) this.afterwards(error);
    else if (error === undefined || error === null) this.settle(new Error('an empty value was thrown'), undefined);
    // A proxy may refuse even to be asked what it is.
    else this.settle(isProxy(error) ? asError(error) : error, undefined);
  }

  /** What fails when the outcome stands already: a timer, a promise nobody awaited. */
  afterwards(error) {
    const when = this.over ? 'after the invocation had ended' : 'after the handler had ended';
    if (error !== this.failure) this.log('error', `${when}: ${asError(error).message}`, { error });
  }

  settle(failure, value) {
    if (this.settled) return;
    this.settled = true;
    this.failure = failure;
    this.value = value;
    if (this.open === 0) this.end();
  }

  /** What waited for the last call may make another: looked at once it has had its turn. */
  drained() {
    setImmediate(() => {
      if (this.open === 0 && !this.over) this.end();
    });
  }

  end() {
    output.flush(this);
    this.answer(this);
    this.over = true;
  }
}

function cancellation(reason) {
  const error = new MotiaError(CODES.cancelled, `the invocation was cancelled (${reason})`);
  error.name = 'AbortError';
  return error;
}

module.exports = { Run };
