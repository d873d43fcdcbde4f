'use strict';
/**
 * What `motia` and `@motiadev/core` mean in a project: our SDK, where names that only the old core had, such as adapters
 * and their managers, are stand-ins. They are asked for through the prototype, which copies of a namespace keep.
 */
const path = require('node:path');
const { SDK } = require('./errors');
const inert = require('./stand_in');

const OLD_NAME = /^[A-Z]\w*(?:Adapter|Manager|Factory)$|^create[A-Z]\w*(?:Adapter|Manager|Factory)$/;

const old = new Proxy(Object.prototype, {
  get: (target, name) => (typeof name === 'string' && OLD_NAME.test(name) ? inert : target[name]),
});

module.exports = Object.create(old, Object.getOwnPropertyDescriptors(require(path.join(SDK, 'index.js'))));
