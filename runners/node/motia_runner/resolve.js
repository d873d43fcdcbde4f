'use strict';
/**
 * Which file a name means, for code of the project. In this order: SDK and stand-ins; files, with TypeScript's endings
 * too; path aliases; Node's own way; baseUrl; packages that can only be imported; our zod.
 * Code in node_modules gets Node's own answers, except for the names of the SDK.
 */
const fs = require('node:fs');
const path = require('node:path');
const Module = require('node:module');
const { fileURLToPath, pathToFileURL } = require('node:url');
const transform = require('./transform');
const { SDK } = require('./errors');
const { settingsFor } = require('./tsconfig');
const { resolveOwn } = require('./packages');

const SDK_NAME = /^(motia|@motia\/core|@motiadev\/core)(?:\/.*)?$/;
const TESTING_NAME = /^(?:@motia\/testing|@motiadev\/test)(?:\/.*)?$/;
const STAND_IN_NAME = /^(?:@motiadev\/(?:plugin|adapter)-.*|@motiadev\/workbench(?:\/.*)?|motia\/workbench(?:\/.*)?)$/;
const STAND_IN = path.join(__dirname, 'stand_in.js');
const OLD_CORE = path.join(__dirname, 'old_core.js');
const SWAPS = { '.js': ['.ts', '.tsx'], '.jsx': ['.tsx'], '.mjs': ['.mts'], '.cjs': ['.cts'] };
const INSIDE = `${path.sep}node_modules${path.sep}`;

const original = Module._resolveFilename;
// Folder and name → file. A name is looked up when files are prepared, and again when they are loaded.
const memory = new Map();

/** Whether a file is loaded by us: the user's own code, wherever links lead, but no package and nothing of ours. */
function isOwn(file) {
  return !file.includes(INSIDE) && !file.startsWith(`${__dirname}${path.sep}`) && !file.startsWith(`${SDK}${path.sep}`);
}

function install() {
  Module._resolveFilename = function (request, parent, isMain, options) {
    const from = parent?.filename;
    if (typeof from !== 'string' || from.startsWith(__dirname))
      return original.call(this, request, parent, isMain, options);
    const known = special(request);
    if (known !== null) return known;
    if (!isOwn(from)) return original.call(this, request, parent, isMain, options);
    const resolve = (name) => original.call(this, name, parent, isMain, options);
    if (options !== undefined) return find(request, from, resolve);
    const key = `${path.dirname(from)}\0${request}`;
    const before = memory.get(key);
    if (before !== undefined) return before;
    const found = find(request, from, resolve);
    memory.set(key, found);
    return found;
  };
}

function special(request) {
  if (STAND_IN_NAME.test(request)) return STAND_IN;
  const named = SDK_NAME.exec(request);
  if (named !== null) return named[1] === '@motia/core' ? path.join(SDK, 'index.js') : OLD_CORE;
  if (!TESTING_NAME.test(request)) return null;
  const kit = path.join(SDK, 'testing.js');
  if (fs.existsSync(kit)) return kit;
  throw missing(`Cannot find module '${request}': the testing kit is not part of this version of Motia`);
}

function find(request, from, resolve) {
  if (request.startsWith('file:')) request = fileURLToPath(request);
  if (request.startsWith('.') || path.isAbsolute(request)) return withSwaps(request, path.dirname(from), resolve);
  if (Module.isBuiltin(request)) return resolve(request);
  const settings = settingsFor(from);
  for (const target of aliased(request, settings.aliases)) {
    const found = attempt(() => withSwaps(target, '/', resolve));
    if (found !== null) return found;
  }
  try {
    return resolve(request);
  } catch (error) {
    if (!NOT_FOUND.has(error.code)) throw error;
    const found = fallback(request, from, error, settings, resolve);
    if (found !== null) return found;
    throw error;
  }
}

const NOT_FOUND = new Set(['MODULE_NOT_FOUND', 'ERR_PACKAGE_PATH_NOT_EXPORTED']);

function fallback(request, from, error, settings, resolve) {
  const { baseUrl } = settings;
  if (baseUrl !== null) {
    const found = attempt(() => withSwaps(path.join(baseUrl, request), '/', resolve));
    if (found !== null) return found;
  }
  if (error.code === 'ERR_PACKAGE_PATH_NOT_EXPORTED') {
    const found = attempt(() => fileURLToPath(require('./importable.mjs').resolve(request, pathToFileURL(from).href)));
    if (found !== null) return found;
  }
  return request === 'zod' || request.startsWith('zod/') ? attempt(() => resolveOwn(request)) : null;
}

/** `./x.js` may be written for `x.ts`; a file of that very name wins. */
function withSwaps(request, folder, resolve) {
  try {
    return resolve(request);
  } catch (error) {
    if (error.code !== 'MODULE_NOT_FOUND') throw error;
    const ending = path.extname(request);
    const base = path.resolve(folder, request).slice(0, -ending.length || undefined);
    const found = (SWAPS[ending] ?? []).map((one) => `${base}${one}`).find((file) => fs.existsSync(file));
    if (found !== undefined) return resolve(found);
    const kept = given(path.resolve(folder, request));
    if (kept === undefined) throw error;
    return kept;
  }
}

/** A file that is gone from the disk, while an earlier version of it is loaded from its text. */
function given(base) {
  const endings = ['', ...Object.keys(transform.LOADERS), '.json'];
  return endings.map((ending) => `${base}${ending}`).find((file) => transform.given(file) !== undefined);
}

function aliased(request, aliases) {
  for (const { before, after, targets } of aliases) {
    if (after === null) {
      if (request === before) return targets;
    } else if (
      request.length >= before.length + after.length &&
      request.startsWith(before) &&
      request.endsWith(after)
    ) {
      const middle = request.slice(before.length, request.length - after.length);
      return targets.map((target) => target.replace('*', () => middle));
    }
  }
  return [];
}

function attempt(work) {
  try {
    return work();
  } catch (error) {
    if (NOT_FOUND.has(error.code) || error.code === 'ERR_MODULE_NOT_FOUND') return null;
    throw error;
  }
}

function missing(message) {
  return Object.assign(new Error(message), { code: 'MODULE_NOT_FOUND' });
}

/** The project's own file that `request` means, seen from `from`; null for packages and for what is not there. */
function ownTarget(request, from) {
  try {
    const parent = { filename: from, id: from, paths: Module._nodeModulePaths(path.dirname(from)) };
    const found = Module._resolveFilename(request, parent, false);
    return path.isAbsolute(found) && isOwn(found) ? found : null;
  } catch {
    return null;
  }
}

/** Forgets which file a name meant, for files that may have come or gone. */
function forget() {
  memory.clear();
  for (const [name, file] of Object.entries(Module._pathCache)) if (isOwn(file)) delete Module._pathCache[name];
}

module.exports = { install, isOwn, ownTarget, forget };
