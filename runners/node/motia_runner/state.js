'use strict';
/** `context.state`: groups of keys (ruling 20). Each verb is one call; what comes back is the plain value. */

function makeState(run) {
  return {
    get: (group, key) => read(run.call('state.get', at('get', group, key))),
    set: (group, key, value, options) =>
      read(run.call('state.set', { ...at('set', group, key), value: value ?? null, ttl: options?.ttl })),
    delete: (group, key) => read(run.call('state.delete', at('delete', group, key))),
    clear: async (group) => void (await run.call('state.clear', { group: text('clear', 'group', group) })),
    getGroup: async (group) => values(await run.call('state.getGroup', { group: text('getGroup', 'group', group) })),
    keys: async (group) => (await run.call('state.keys', { group: text('keys', 'group', group) })).names,
    groups: async () => (await run.call('state.groups', {})).names,
    update: (group, key, ops, options) =>
      read(run.call('state.update', { ...at('update', group, key), ops: list(ops), ttl: options?.ttl })),
    setIfAbsent: (group, key, value, options) =>
      run.call('state.setIfAbsent', { ...at('setIfAbsent', group, key), value: value ?? null, ttl: options?.ttl }),
    compareAndSet: (group, key, expected, value, options) =>
      run.call('state.compareAndSet', {
        ...at('compareAndSet', group, key),
        expected: expected ?? null,
        value: value ?? null,
        ttl: options?.ttl,
      }),
  };
}

async function read(call) {
  return (await call).value;
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

module.exports = { makeState, list };
