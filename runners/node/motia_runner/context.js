'use strict';
/**
 * The context a handler gets as a thin layer over `run.call`. Holds no state of its own.
 * Everything is an own property or a closure, so that authors may destructure, spread and extend it.
 */
const { makeState } = require('./state');
const { makeStreams } = require('./streams');
const { transaction } = require('./transaction');
const { traceparent } = require('./w3c');

const utils = Object.freeze({ dates: Object.freeze({ now: () => new Date() }) });

class Context {
  constructor(run) {
    this.traceId = run.traceId;
    this.flows = run.step.flows ?? [];
    this.logger = makeLogger(run);
    this.state = makeState(run);
    this.emit = (event, data) => emit(run, event, data);
    this.streams = makeStreams(run);
    this.once = (key, work) => once(run, key, work);
    this.transaction = (work) => transaction(run, work, this);
    this.topic = run.topic;
    this.attempt = run.attempt;
    this.step = run.step.name;
    this.utils = utils;
    Object.defineProperty(this, RUN, { value: run });
  }

  /** Aborts when the invocation is cancelled. Made on first use: most handlers never look. */
  get signal() {
    return this[RUN].signal;
  }

  /** For the header of that name in requests to others: they become part of this trace. */
  get traceparent() {
    return traceparent(this[RUN]);
  }

  /** What the caller's tracing wants passed on beside it; '' without. */
  get tracestate() {
    return this[RUN].traceState;
  }

  get deadline() {
    return new Date(this[RUN].deadline);
  }

  get cancelled() {
    return this[RUN].cancelled !== null;
  }
}
const RUN = Symbol('run');

function makeLogger(run) {
  let listeners = null;
  return {
    info: (msg, ...rest) => write(run, 'info', msg, rest, listeners),
    warn: (msg, ...rest) => write(run, 'warn', msg, rest, listeners),
    error: (msg, ...rest) => write(run, 'error', msg, rest, listeners),
    debug: (msg, ...rest) => write(run, 'debug', msg, rest, listeners),
    /** `listener(level, message, args)` is called for every line, here only. */
    addListener: (listener) => void (listeners = [...(listeners ?? []), listener]),
  };
}

function write(scope, level, msg, rest, listeners = null) {
  let fields = rest.length < 2 ? rest[0] : rest;
  if (fields instanceof Error) fields = { error: fields };
  else if (fields !== undefined && (fields === null || typeof fields !== 'object' || Array.isArray(fields)))
    fields = { data: fields };
  if (msg instanceof Error) {
    fields = { ...fields, error: fields?.error ?? msg };
    msg = msg.message;
  }
  scope.log(level, msg, fields, 'logger');
  if (listeners !== null) for (const listener of listeners) listener(level, msg, fields ?? {});
}

async function emit(run, event, data) {
  if (typeof event === 'string') event = { topic: event, data };
  const topic = event?.topic;
  if (typeof topic !== 'string' || topic === '')
    throw new TypeError("emit needs { topic: '…', data }; `topic` is missing");
  const { messageGroupId, delay, at, id } = event;
  const sent = { topic, data: event.data ?? null };
  if (messageGroupId != null) sent.messageGroupId = String(messageGroupId);
  if (delay != null) sent.delay = seconds(delay);
  if (at != null) sent.at = moment(at);
  if (id != null) sent.id = String(id);
  return run.call('events.emit', sent);
}

function seconds(delay) {
  const number = Number(delay);
  if (!Number.isFinite(number) || number < 0) throw new TypeError(`emit: delay must be seconds from now, not ${delay}`);
  return number;
}

function moment(at) {
  const time = at instanceof Date ? at.getTime() : typeof at === 'number' ? at : Date.parse(at);
  if (!Number.isFinite(time))
    throw new TypeError(`emit: at must be a Date, an ISO 8601 text or epoch milliseconds, not ${at}`);
  return Math.round(time);
}

async function once(run, key, work) {
  if (typeof work !== 'function') throw new TypeError('once(key, fn) needs a function');
  const known = await run.call('once.get', { key: String(key) });
  if (known.found) return known.value;
  const value = await work();
  return (await run.call('once.put', { key: String(key), value: value ?? null })).value;
}

module.exports = { Context, makeLogger, write, emit };
