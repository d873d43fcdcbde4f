'use strict';
/**
 * What bare steps are called with: one `event` with the request's members or the event's, and the services with one-key
 * state and streams by any name. Holds nothing of its own; knows nothing of how a step came to be bare.
 */
const { serverSentEvent } = require('./chunks');
const { remember } = require('./request');
const { CODES } = require('./errors');
const { AD_HOC } = require('./streams');

/** Where one-key state lives, and who hears `event.stream` beside those who watch the trace. */
const GROUP = 'default';

function called(handler) {
  return (input, context, run, trigger) => {
    const event = makeEvent(input, context, run, trigger);
    const streamed = trigger === 'api' && String(input.headers?.accept ?? '').includes('text/event-stream');
    return streamed ? asEvents(handler, event) : handler(event);
  };
}

function makeEvent(input, context, run, trigger) {
  const request = trigger === 'api' ? input : { body: undefined, query: {}, params: {}, headers: {} };
  const event = Object.assign(new Event(), {
    topic: run.topic,
    data: trigger === 'api' ? request.body : input,
    body: request.body,
    query: request.query,
    params: request.params,
    headers: request.headers,
    method: request.method,
    path: request.path,
    url: request.url,
    rawBody: request.rawBody,
    ip: request.ip,
    logger: context.logger,
    traceId: context.traceId,
    emit: (topic, data, options) => context.emit(typeof topic === 'string' ? { ...options, topic, data } : topic),
    state: oneKeyState(context.state, GROUP),
    streams: context.streams,
    once: context.once,
    transaction: (work) => context.transaction(() => work(event)),
    attempt: context.attempt,
    step: context.step,
    flows: context.flows,
    deadline: context.deadline,
    utils: context.utils,
    stream: (name, data) => stream(event, context, name, data),
  });
  Object.defineProperty(event, CONTEXT, { value: context });
  Object.defineProperty(event, REQUEST, { value: request });
  Object.defineProperty(event, WATCHERS, { value: [] });
  return event;
}

const CONTEXT = Symbol('context');
const REQUEST = Symbol('request');
const WATCHERS = Symbol('watchers');

/** What few handlers read is made on first use. */
class Event {
  get signal() {
    return remember(this, 'signal', this[CONTEXT].signal);
  }

  get traceparent() {
    return this[CONTEXT].traceparent;
  }

  get tracestate() {
    return this[CONTEXT].tracestate;
  }

  get cancelled() {
    return this[CONTEXT].cancelled;
  }

  get cookies() {
    return remember(this, 'cookies', this[REQUEST].cookies);
  }

  get files() {
    return remember(this, 'files', this[REQUEST].files);
  }
}

/** `state.group('orders')` is the same for a group that others use. */
function oneKeyState(state, group) {
  return {
    get: (key) => state.get(group, key),
    set: (key, value, options) => state.set(group, key, value, options),
    delete: (key) => state.delete(group, key),
    update: (key, ops, options) => state.update(group, key, ops, options),
    setIfAbsent: (key, value, options) => state.setIfAbsent(group, key, value, options),
    compareAndSet: (key, expected, value, options) => state.compareAndSet(group, key, expected, value, options),
    keys: () => state.keys(group),
    values: () => state.getGroup(group),
    clear: () => state.clear(group),
    group: (name) => oneKeyState(state, name),
  };
}

/** An ephemeral event for those who watch this trace, and for those who watch the stream. */
async function stream(event, context, name, data) {
  for (const tell of event[WATCHERS]) tell(name, data);
  try {
    for (const groupId of [context.traceId, GROUP])
      await context.streams[name].send({ groupId, [AD_HOC]: true }, { type: name, data });
  } catch (error) {
    // Names are ad hoc in this dialect: that nobody can join a stream is no fault of the step.
    if (error.code !== CODES.unknownTarget) throw error;
    context.logger.debug(`nobody hears the stream ${name}: ${error.message}`);
  }
}

/** The handler's stream events as server-sent events, then its result. */
function asEvents(handler, event) {
  const waiting = [];
  let wake = () => {};
  event[WATCHERS].push((name, data) => {
    waiting.push(serverSentEvent({ event: name, data: data ?? null }));
    wake();
  });
  let done = false;
  const work = (async () => handler(event))().finally(() => {
    done = true;
    wake();
  });
  work.catch(() => {});
  async function* body() {
    while (!done || waiting.length > 0) {
      if (waiting.length > 0) yield waiting.shift();
      else await new Promise((resolve) => (wake = resolve));
    }
    const result = await work;
    if (result !== undefined) yield serverSentEvent({ event: 'result', data: result });
  }
  return { status: 200, headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' }, body: body() };
}

module.exports = { called };
