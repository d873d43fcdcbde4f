'use strict';
/**
 * Stands in for plugins, adapters and the workbench of old projects, so that their `motia.config.ts` loads.
 * It can be called, constructed and asked for anything; it does nothing. The core warns about the keys it fills.
 */
const MARK = Symbol.for('motia.standIn');

function answer(target, name) {
  if (name === MARK || name === '__esModule') return true;
  // Not a promise, or `await` would hang; nor a value that JSON could print.
  if (name === 'then' || name === 'toJSON') return undefined;
  if (name === Symbol.toPrimitive) return () => 'motia stand-in';
  if (name === Symbol.iterator) return () => [][Symbol.iterator]();
  if (name === 'prototype') return target.prototype;
  return inert;
}

// A namespace that is copied (`import a, { b } from`) takes its prototype along, and so stays able to answer.
const prototype = new Proxy({}, { get: answer });

const inert = new Proxy(function standIn() {}, {
  get: answer,
  apply: () => inert,
  construct: () => inert,
  set: () => true,
  getPrototypeOf: () => prototype,
});

module.exports = inert;
