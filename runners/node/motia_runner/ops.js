'use strict';
/** The operations of `update`, worked out here for blocks of a transaction exactly as the core does. Pure. */
const { CODES, MotiaError } = require('./errors');

/** The value after `ops`; `value` is changed in place where it can be. */
function apply(value, ops) {
  for (const { op, path = '', value: operand } of ops) {
    const keys = path === '' ? [] : String(path).split('.');
    const box = { root: value };
    const [holder, key] = reach(box, ['root', ...keys], op === 'remove');
    if (holder !== null) change(op, holder, key, operand, path);
    value = box.root ?? null;
  }
  return value;
}

/** The holder of the last key. Missing parents are made, or, for a removal, there is nothing to reach. */
function reach(box, keys, looking) {
  let holder = box;
  for (let i = 0; i < keys.length - 1; i++) {
    const key = slot(holder, keys[i]);
    if (holder[key] == null) {
      if (looking) return [null, ''];
      holder[key] = {};
    }
    holder = holder[key];
    if (typeof holder !== 'object') throw refused(`${keys.slice(1, i + 1).join('.') || 'the value'} holds no keys`);
  }
  return [holder, slot(holder, keys.at(-1), looking)];
}

function slot(holder, key, looking) {
  if (!Array.isArray(holder)) {
    if (key === '__proto__') throw refused('__proto__ is no key');
    return key;
  }
  if (!/^\d+$/.test(key) || (Number(key) > holder.length && !looking)) throw refused(`${key} is no index of the list`);
  return Number(key);
}

function change(op, holder, key, operand, path) {
  const present = Object.hasOwn(holder, key) ? holder[key] : undefined;
  switch (op) {
    case 'set':
      holder[key] = operand ?? null;
      return;
    case 'increment': {
      const by = operand ?? 1;
      if (typeof (present ?? 0) !== 'number' || typeof by !== 'number')
        throw refused(`increment of ${path || 'the value'}: no number`);
      holder[key] = (present ?? 0) + by;
      return;
    }
    case 'append':
      if (present != null && !Array.isArray(present)) throw refused(`append to ${path || 'the value'}: no list`);
      holder[key] = [...(present ?? []), operand ?? null];
      return;
    case 'merge':
      if (!isObject(present ?? {}) || !isObject(operand)) throw refused(`merge into ${path || 'the value'}: no object`);
      holder[key] = { ...present, ...operand };
      return;
    case 'remove':
      if (Array.isArray(holder)) holder.splice(key, 1);
      else delete holder[key];
      return;
    default:
      throw refused(`unknown operation ${op}`);
  }
}

function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function refused(message) {
  return new MotiaError(CODES.params, `update: ${message}`);
}

module.exports = { apply };
