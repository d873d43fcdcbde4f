'use strict';
/**
 * This runner's own packages (esbuild, zod, …): in `MOTIA_PACKAGES`, else beside the manifest. Never the project's.
 * Nothing is loaded before somebody needs it: a project of plain JavaScript needs none of them.
 */
const path = require('node:path');
const { createRequire } = require('node:module');

const folder = process.env.MOTIA_PACKAGES || path.join(__dirname, '..');
const lookup = createRequire(path.join(folder, 'package.json'));

function own(name) {
  try {
    return lookup(name);
  } catch (error) {
    throw new Error(`the Node runner needs its package ${name}, which is not in ${folder}/node_modules`, {
      cause: error,
    });
  }
}

function resolveOwn(name) {
  return lookup.resolve(name);
}

module.exports = { own, resolveOwn };
