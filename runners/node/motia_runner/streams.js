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
  return {
    get: (group, id) => act('streams.get', group, id),
    set: (group, id, data, options) => act('streams.set', group, id, { value: data ?? null, ttl: ttl(options) }),
    delete: (group, id) => act('streams.delete', group, id),
    update: (group, id, ops, options) => act('streams.update', group, id, { ops: list(ops), ttl: ttl(options) }),
    getGroup: async (groupId) => {
      const group = text(stream, 'groupId', groupId);
      const { items } = await run.call('streams.getGroup', { stream, group });
      return items.map(([id, value]) => marked(stream, group, id, value));
    },
    send: async (channel, event) => {
      const group = text(stream, 'groupId', channel?.groupId);
      const id = channel.id == null ? undefined : text(stream, 'id', channel.id);
      const type = text(stream, 'type', event?.type);
      await run.call('streams.send', { stream, group, id, type, data: event.data ?? null });
    },
  };
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

module.exports = { makeStreams };
