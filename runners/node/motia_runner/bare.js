'use strict';
/** Dialect (c): a bare default function, or `{schedule, handler}`, called with one `event`. */
const path = require('node:path');
const { Step } = require('./step');
const { infer } = require('./inference');
const { Context } = require('./context');
const { serverSentEvent } = require('./chunks');
const { remember } = require('./request');
const { CODES } = require('./errors');

const GROUP = 'default';
const ROOT = /^(?:motia\/steps|steps|src)\//;
const ENDING = /(?:[._]step)?\.[a-z]+$/;

function fromFunction(handler, given, file) {
  const { kind, topics, reasons } = infer(handler);
  const name = place(file);
  const type = given.type ?? kind;
  const config = { type, name, ...(type === kind ? inferredKeys(kind, name, topics, given) : {}), ...given };
  const shown =
    kind === 'event'
      ? `topics ${topics.length > 0 ? topics.join(', ') : 'all'}`
      : `route ${config.method} ${config.path}`;
  const inferred = given.type === undefined ? [`type ${kind}: ${reasons}`, ...(type === kind ? [shown] : [])] : [];
  return new Step({ dialect: 'c', kind: type, member: '', config, file, handler, handle: called(handler), inferred });
}

function inferredKeys(kind, name, topics, given) {
  if (kind === 'api') return { method: '*', path: `/${name}` };
  if (given.subscribes !== undefined) return {};
  return topics.length > 0 ? { subscribes: topics } : { allTopics: true };
}

function fromSchedule(exported, file) {
  const { schedule, handler, ...rest } = exported;
  const config = { type: 'cron', name: place(file), cron: schedule, ...rest };
  return new Step({
    dialect: 'c',
    kind: 'cron',
    member: '',
    config,
    file,
    handler,
    handle: called(handler.bind(exported)),
    inferred: ['type cron: it has a schedule'],
  });
}

/** Folders below the root and the stem: name and route at once. */
function place(file) {
  const below = file.replace(ROOT, '').replace(ENDING, '');
  return below.split(path.sep).join('/');
}

function called(handler) {
  return (input, context, run, trigger) => {
    const event = makeEvent(input, context, run, trigger);
    const streamed = trigger === 'api' && String(input.headers?.accept ?? '').includes('text/event-stream');
    return streamed ? asEvents(handler, event) : handler(event);
  };
}

/** What bare steps are called with: the request's members or the event's, and the services with one-key state. */
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
    logger: context.logger,
    traceId: context.traceId,
    emit: context.emit,
    state: oneKeyState(context.state),
    streams: context.streams,
    once: context.once,
    transaction: context.transaction,
    attempt: context.attempt,
    step: context.step,
    stream: (name, data) => stream(event, context, name, data),
  });
  Object.defineProperty(event, CONTEXT, { value: context });
  Object.defineProperty(event, WATCHERS, { value: [] });
  return event;
}

const CONTEXT = Symbol('context');
const WATCHERS = Symbol('watchers');

class Event {
  get signal() {
    return remember(this, 'signal', this[CONTEXT].signal);
  }
}

function oneKeyState(state) {
  return {
    get: (key) => state.get(GROUP, key),
    set: (key, value, options) => state.set(GROUP, key, value, options),
    delete: (key) => state.delete(GROUP, key),
    update: (key, ops, options) => state.update(GROUP, key, ops, options),
    setIfAbsent: (key, value, options) => state.setIfAbsent(GROUP, key, value, options),
    compareAndSet: (key, expected, value, options) => state.compareAndSet(GROUP, key, expected, value, options),
    keys: () => state.keys(GROUP),
  };
}

/** An ephemeral event for those who watch this trace, and for those who watch the stream. */
async function stream(event, context, name, data) {
  for (const tell of event[WATCHERS]) tell(name, data);
  try {
    for (const groupId of [context.traceId, GROUP]) await context.streams[name].send({ groupId }, { type: name, data });
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

module.exports = { fromFunction, fromSchedule };
