'use strict';
/**
 * `context.streams.NAME`: items that clients watch. Items come back with a mark (`__motia`) that tells the workbench
 * which item a response shows; values.js takes it off again whatever is sent to the core.
 */
const { MARK } = require('./values');
const { list, ttl } = require('./state');

/** What the proxy stands for: the run, and the streams asked for so far. */
class Streams {
  constructor(run) {
    Object.defineProperty(this, RUN, { value: run });
  }
}
const RUN = Symbol('run');
/** On a channel: the stream need not be declared by a file. */
const AD_HOC = Symbol('adHoc');

// One handler for all: an object of its own per invocation costs the garbage collector more than the whole context.
const BY_NAME = {
  get(streams, name) {
    if (typeof name !== 'string' || name === 'then' || name === 'toJSON') return undefined;
    return Object.hasOwn(streams, name) ? streams[name] : (streams[name] = makeStream(streams[RUN], name));
  },
};

/** Any name answers: whether a stream exists is the core's to say, at the first call. */
function makeStreams(run) {
  return new Proxy(new Streams(run), BY_NAME);
}

function makeStream(run, stream) {
  const item = (group, id) => ({ stream, group: text(stream, 'groupId', group), id: text(stream, 'id', id) });
  const act = async (method, groupId, itemId, more) => {
    const where = item(groupId, itemId);
    const { value } = await run.call(method, { ...where, ...more });
    return marked(stream, where.group, where.id, value);
  };
  const several = async (method, groupId, more) => {
    const group = text(stream, 'groupId', groupId);
    const { items } = await run.call(method, { stream, group, ...more });
    return items.map(([id, value]) => marked(stream, group, id, value));
  };
  return {
    get: (group, id) => act('streams.get', group, id),
    set: (group, id, data, options) => act('streams.set', group, id, { value: data ?? null, ttl: ttl(options) }),
    delete: (group, id) => act('streams.delete', group, id),
    update: (group, id, ops, options) => act('streams.update', group, id, { ops: list(ops), ttl: ttl(options) }),
    getGroup: (group, page) =>
      page == null ? several('streams.getGroup', group) : several('streams.query', group, chosen(page, PAGE)),
    query: (group, filter) => several('streams.query', group, chosen(filter, FILTER)),
    send: async (channel, event) => {
      const group = text(stream, 'groupId', channel?.groupId);
      const id = channel.id == null ? undefined : text(stream, 'id', channel.id);
      const type = text(stream, 'type', event?.type);
      const adHoc = channel[AD_HOC];
      await run.call('streams.send', { stream, group, id, type, data: event.data ?? null, adHoc });
    },
  };
}

const PAGE = ['offset', 'limit'];
const FILTER = ['where', 'orderBy', 'orderDirection', ...PAGE];

/** What is given of `names`. */
function chosen(given, names) {
  return Object.fromEntries(names.map((name) => [name, given?.[name] ?? undefined]));
}

function marked(streamName, groupId, id, value) {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || Buffer.isBuffer(value)) return value;
  value[MARK] = { type: 'state-stream', streamName, groupId, id };
  return value;
}

function text(stream, what, value) {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  throw new TypeError(`streams.${stream}: ${what} must be a text, not ${value === null ? 'null' : typeof value}`);
}

module.exports = { makeStreams, AD_HOC };
