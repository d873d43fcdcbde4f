'use strict';
/** `context.state`: groups of keys. Each verb is one call; what comes back is the plain value. */

function makeState(run) {
  // Async, so that a wrong argument rejects like any other failure of the call.
  return {
    get: async (group, key) => (await run.call('state.get', at('get', group, key))).value,
    set: async (group, key, value, options) =>
      (await run.call('state.set', { ...at('set', group, key), value: value ?? null, ttl: ttl(options) })).value,
    delete: async (group, key) => (await run.call('state.delete', at('delete', group, key))).value,
    clear: async (group) => void (await run.call('state.clear', { group: text('clear', 'group', group) })),
    getGroup: async (group) => values(await run.call('state.getGroup', { group: text('getGroup', 'group', group) })),
    keys: async (group) => (await run.call('state.keys', { group: text('keys', 'group', group) })).names,
    groups: async () => (await run.call('state.groups', {})).names,
    update: async (group, key, ops, options) =>
      (await run.call('state.update', { ...at('update', group, key), ops: list(ops), ttl: ttl(options) })).value,
    setIfAbsent: async (group, key, value, options) =>
      await run.call('state.setIfAbsent', {
        ...at('setIfAbsent', group, key),
        value: value ?? null,
        ttl: ttl(options),
      }),
    compareAndSet: async (group, key, expected, value, options) =>
      await run.call('state.compareAndSet', {
        ...at('compareAndSet', group, key),
        expected: expected ?? null,
        value: value ?? null,
        ttl: ttl(options),
      }),
  };
}

function values(result) {
  return result.items.map(([, value]) => value);
}

function at(verb, group, key) {
  return { group: text(verb, 'group', group), key: text(verb, 'key', key) };
}

/** Texts and numbers name things; anything else is a mistake worth hearing of. */
function text(verb, what, value) {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  throw new TypeError(`state.${verb}: ${what} must be a text, not ${value === null ? 'null' : typeof value}`);
}

function list(ops) {
  return Array.isArray(ops) ? ops : [ops];
}

/** `{ ttl }`, or the seconds alone. */
function ttl(options) {
  return typeof options === 'number' ? options : (options?.ttl ?? undefined);
}

module.exports = { makeState, list, ttl };
