'use strict';
/**
 * `context.transaction(fn)`: while the block runs, reads are noted with their versions and writes collected;
 * then one call commits all of it or answers conflict, and the block runs again. User code never runs while the core
 * holds anything. A block is found again through its async context, so the ordinary context works inside it.
 */
const { AsyncLocalStorage } = require('node:async_hooks');
const { isDeepStrictEqual } = require('node:util');
const { CODES, MotiaError } = require('./errors');
const { encode, decode } = require('./values');
const { string } = require('./wire');
const { apply } = require('./ops');

const RETRIES = 3;
const blocks = new AsyncLocalStorage();

async function transaction(run, work, context) {
  if (typeof work !== 'function') throw new TypeError('transaction(fn) needs a function');
  // A block inside a block joins it: there is only one commit.
  if (current(run) !== null) return work(context);
  for (let again = 0; ; again++) {
    const block = new Block(run);
    run.blocks++;
    try {
      const result = await blocks.run(block, work, context);
      await block.commit();
      return result;
    } catch (error) {
      if (!(error instanceof MotiaError) || error.code !== CODES.conflict || !block.committing || again === RETRIES)
        throw error;
    } finally {
      block.open = false;
      run.blocks--;
    }
  }
}

/** The open block this code runs in, or null. */
function current(run) {
  if (run.blocks === 0) return null;
  const block = blocks.getStore();
  return block !== undefined && block.open && block.run === run ? block : null;
}

class Block {
  constructor(run) {
    this.run = run;
    this.open = true;
    this.committing = false;
    this.reads = new Map();
    this.writes = [];
    this.waiting = new Set();
  }

  /** Stands in for `run.call` while the block is open. */
  call(method, params) {
    const work = this.act(method, params);
    this.waiting.add(work);
    const done = () => this.waiting.delete(work);
    work.then(done, done);
    return work;
  }

  async act(method, params) {
    const [service, verb] = method.split('.');
    if (service !== 'state' && service !== 'streams') {
      if (method === 'events.emit') return this.write(method, params, { id: null, deliveries: null });
      if (method === 'once.put') return this.write(method, params);
      if (method === 'once.get' || method === 'stats.get') return this.run.direct(method, params);
      throw new MotiaError(CODES.params, `${method} cannot be part of a transaction`);
    }
    const item =
      service === 'state'
        ? { group: params.group, key: params.key }
        : { stream: params.stream, group: params.group, key: params.id };
    switch (verb) {
      case 'get':
        return { value: await this.value(item) };
      case 'getGroup':
        return { items: await this.items(item) };
      case 'keys':
        return { names: (await this.items(item)).map(([key]) => key) };
      case 'groups':
        return this.run.direct(method, params);
      case 'update': {
        const { ops, ...rest } = params;
        return this.write(`${service}.set`, {
          ...rest,
          keep: true,
          value: apply(await this.value(item), decode(JSON.parse(encode(ops, 'ops')))),
        });
      }
      case 'setIfAbsent': {
        const present = await this.value(item);
        return present === null
          ? { stored: true, ...this.write('state.set', params) }
          : { stored: false, value: present };
      }
      case 'compareAndSet': {
        const { expected, ...rest } = params;
        const present = await this.value(item);
        if (!isDeepStrictEqual(present, decode(JSON.parse(encode(expected, 'expected')))))
          return { stored: false, value: present };
        return { stored: true, ...this.write('state.set', rest) };
      }
      case 'delete': {
        const present = await this.value(item);
        this.write(method, params);
        return { value: present };
      }
      case 'clear': {
        const count = (await this.items(item)).length;
        this.write(method, params);
        return { count };
      }
      case 'query':
        return this.run.direct(method, { ...params, items: await this.items(item) });
      case 'set':
        // To set a stream's item to nothing does nothing.
        return service === 'streams' && params.value === null ? { value: null } : this.write(method, params);
      default:
        return this.write(method, params, {});
    }
  }

  /** Collects a write; its values are fixed now, whatever the block does to them later. `result` is else what was kept. */
  write(method, params, result) {
    const text = this.run.params(params, method);
    const kept = JSON.parse(text);
    if (method === 'streams.set') asItem(kept);
    this.writes.push({ method, text, params: kept });
    return result ?? { value: copy(kept.value ?? null) };
  }

  /** An item as the block sees it: its own writes first, then what it read before, then the core. */
  async value(item) {
    let known;
    for (const { method, params } of this.writes) {
      if (params.group !== item.group || params.stream !== item.stream) continue;
      if (method === 'state.clear') known = null;
      else if ((params.key ?? params.id) !== item.key) continue;
      else if (method.endsWith('.set')) known = params.value;
      else if (method.endsWith('.delete')) known = null;
    }
    if (known !== undefined) return copy(known);
    const group = this.reads.get(name({ ...item, key: undefined }));
    if (group !== undefined) return copy((await group).items.find(([key]) => key === item.key)?.[1] ?? null);
    return copy((await this.read('transaction.read', item)).value);
  }

  async items(item) {
    const where = { ...item, key: undefined };
    const items = new Map((await this.read('transaction.readGroup', where)).items);
    for (const { method, params } of this.writes) {
      if (params.group !== where.group || params.stream !== where.stream) continue;
      if (method === 'state.clear') items.clear();
      else if (method.endsWith('.set')) items.set(params.key ?? params.id, params.value);
      else if (method.endsWith('.delete')) items.delete(params.key ?? params.id);
    }
    return [...items].map(([key, value]) => [key, copy(value)]);
  }

  read(method, where) {
    const key = name(where);
    const known = this.reads.get(key);
    if (known !== undefined) return known;
    const reading = this.run.raw(method, where).then((answer) => {
      reading.where = { ...where, version: answer.version };
      return answer;
    });
    this.reads.set(key, reading);
    return reading;
  }

  async commit() {
    while (this.waiting.size > 0) await Promise.allSettled(this.waiting);
    this.open = false;
    this.committing = true;
    const reads = [...this.reads.values()]
      .filter((reading) => reading.where !== undefined)
      .map((reading) => string(reading.where));
    if (reads.length === 0 && this.writes.length === 0) return;
    const writes = this.writes.map(({ method, text }) => `{"method":"${method}","params":${text}}`);
    await this.run.send(
      'transaction.commit',
      `{"invocation":${string(this.run.id)},"reads":[${reads}],"writes":[${writes}]}`,
    );
  }
}

/** What the core makes of an item, so that the block reads it like that. */
function asItem({ stream, id, value }) {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new MotiaError(CODES.params, `streams.${stream}: an item is an object`);
  value.id = id;
}

function name({ stream, group, key }) {
  return JSON.stringify([stream ?? null, group, key ?? null]);
}

/** Wire JSON, kept parsed → a value of the author's own. */
function copy(value) {
  return value !== null && typeof value === 'object' ? decode(structuredClone(value)) : value;
}

module.exports = { transaction, current };
