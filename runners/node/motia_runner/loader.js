'use strict';
/**
 * Runs the project's files: every one of them through our own require hook, whatever package.json says of modules, so
 * that ES modules and CommonJS mix freely. Owns the hook and the forgetting of changed files; never looks at exports.
 * Next: transform.js (text), resolve.js (names), toplevel.js (await at the top).
 */
const fs = require('node:fs');
const path = require('node:path');
const Module = require('node:module');
const vm = require('node:vm');
const { pathToFileURL } = require('node:url');
const resolve = require('./resolve');
const transform = require('./transform');
const tsconfig = require('./tsconfig');
const stacks = require('./stacks');
const { Unsettled, settled, settling, retrying } = require('./toplevel');

let root = '';
// Dependencies of files that could not be loaded: Node forgets a module that throws, and with it what it required.
const failed = new Map();
const evaluating = [];
const RUN = new vm.Script('globalThis[Symbol.for("motia.limited")]()', { filename: __filename });
let limited = null;
// What came of files that were loaded ahead: gives their exports or throws.
const ahead = new Map();

function install(project) {
  root = fs.realpathSync(project);
  tsconfig.setRoot(root);
  resolve.install();
  globalThis[Symbol.for('motia.meta')] = meta;
  globalThis[Symbol.for('motia.limited')] = () => limited();
  globalThis[Symbol.for('motia.import')] = async (load) => {
    await undefined;
    return retrying(load);
  };
  const json = Module._extensions['.json'];
  Module._extensions['.json'] = (module, file) => {
    const text = transform.given(file);
    if (text === undefined) json(module, file);
    else module.exports = JSON.parse(text);
  };
  // Node has no entry of its own for these two: unknown endings go to the one for .js.
  const { '.js': usual, '.mjs': mjs = usual, '.cjs': cjs = usual, ...others } = Module._extensions;
  for (const ending of Object.keys(transform.LOADERS)) {
    const native = { ...others, '.js': usual, '.mjs': mjs, '.cjs': cjs }[ending];
    Module._extensions[ending] = (module, file) => {
      const done = settled.get(file);
      if (done !== undefined) {
        module.exports = done.exports;
        module.children.push(...(done.module?.children ?? []));
      } else if (native !== undefined && !resolve.isOwn(file)) loadNative(native, module, file);
      else evaluate(module, file);
    };
  }
  return root;
}

function loadNative(native, module, file) {
  try {
    native(module, file);
  } catch (error) {
    throw error.code === 'ERR_REQUIRE_ASYNC_MODULE' ? new Unsettled(file) : error;
  }
}

function evaluate(module, file) {
  evaluating.push(file);
  try {
    compile(module, file);
  } finally {
    evaluating.pop();
  }
}

/** The file whose top level is running, or null: a builder belongs to the file that calls it. */
function evaluated() {
  return evaluating.at(-1) ?? null;
}

function compile(module, file) {
  const source = transform.read(file);
  const made = transformed(file, source, false);
  if (made.map === null) stacks.forget(file);
  else stacks.remember(file, made.map);
  if (!made.plain || parses(made.code, file)) return module._compile(made.code, file, 'commonjs');
  // It looked like CommonJS, but only esbuild can say: JSX, or an await at the top.
  let second;
  try {
    second = transformed(file, source, true);
  } catch (error) {
    if (error instanceof Unsettled || error.errors !== undefined) throw error;
    // There is no esbuild: what V8 says of the text is the better message.
    second = made;
  }
  if (second.map !== null) stacks.remember(file, second.map);
  module._compile(second.code, file, 'commonjs');
}

function transformed(file, source, force) {
  try {
    return transform.transform(file, source, force);
  } catch (error) {
    if (error.errors?.some(({ text }) => text.startsWith('Top-level await'))) throw new Unsettled(file);
    throw error;
  }
}

function parses(code, file) {
  try {
    vm.compileFunction(code, ['exports', 'require', 'module', '__filename', '__dirname'], { filename: file });
    return true;
  } catch {
    return false;
  }
}

/** What `import.meta` is in a file. */
function meta(file, require) {
  const url = pathToFileURL(file).href;
  const locate = (name) => {
    const found = require.resolve(name);
    return path.isAbsolute(found) ? pathToFileURL(found).href : found;
  };
  return { url, filename: file, dirname: path.dirname(file), resolve: locate, main: false };
}

/**
 * The exports of `file`, an absolute path. Rejects with whatever its code, or code it requires, throws; with an error
 * of code ERR_SCRIPT_EXECUTION_TIMEOUT when that runs longer than `patience` (ms) without a pause.
 */
async function load(file, patience) {
  failed.delete(file);
  try {
    return await retrying(() => {
      const known = ahead.get(file);
      ahead.delete(file);
      return known === undefined ? interruptible(() => require(file), patience) : known();
    });
  } catch (error) {
    failed.set(file, guessed(file));
    throw error;
  }
}

/** Runs `files` now, each by `within(file, work)`; `load` then tells what came of it. One that takes all the time of
 * all, and those after it, are left to `load`. */
function loadAhead(files, patience, within) {
  const attempt = (file) => {
    try {
      const exports = require(file);
      ahead.set(file, () => exports);
    } catch (error) {
      ahead.set(file, () => {
        throw error;
      });
    }
  };
  try {
    interruptible(() => files.forEach((file) => within(file, () => attempt(file))), patience);
  } catch (error) {
    if (error?.code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
  }
}

/** Runs `work`; an endless loop in it is ended, as only V8 can, and what it had half loaded is forgotten. */
function interruptible(work, patience) {
  const before = limited;
  const depth = evaluating.length;
  occupy();
  limited = work;
  try {
    return RUN.runInThisContext({ timeout: patience, displayErrors: false });
  } catch (error) {
    // No `finally` of Node's own has run.
    if (error?.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT')
      for (const [name, module] of Object.entries(require.cache)) if (!module.loaded) delete require.cache[name];
    throw error;
  } finally {
    limited = before;
    evaluating.length = depth;
  }
}

/** V8's watch opens descriptors and ends the process when it gets one of the first three, which a step may have closed. */
function occupy() {
  for (const descriptor of [0, 1, 2]) {
    try {
      fs.fstatSync(descriptor);
    } catch {
      fs.openSync('/dev/null', 'r+');
    }
  }
}

function prewarm(files) {
  return transform.prewarm(files, resolve.ownTarget, (file) => require.cache[file] !== undefined);
}

/** The project's files that `file` has loaded, itself left out. */
function dependencies(file) {
  const broken = failed.get(file);
  if (broken !== undefined) return [...broken];
  const found = new Set();
  const visit = (module) => {
    for (const child of module?.children ?? [])
      if (!found.has(child.filename) && resolve.isOwn(child.filename)) {
        found.add(child.filename);
        visit(child);
      }
  };
  visit(require.cache[file]);
  found.delete(file);
  return [...found];
}

/** What a file that could not be loaded would load, as far as its text says. */
function guessed(file, found = new Set()) {
  let text;
  try {
    text = fs.readFileSync(file, 'utf8');
  } catch {
    return found;
  }
  for (const [, , name] of text.matchAll(/\b(?:from|import|require)\s*\(?\s*(["'])((?:[^"'\\\n]|\\.)+)\1/g)) {
    const target = resolve.ownTarget(name, file);
    if (target === null || found.has(target)) continue;
    found.add(target);
    guessed(target, found);
  }
  return found;
}

/** Forgets changed files and everything that imports them; returns what was forgotten. Old closures live on. */
function forget(changed) {
  const stale = new Set(changed);
  const modules = Object.values(require.cache).filter((module) => module !== undefined);
  const importers = new Map();
  for (const module of modules)
    for (const child of module.children) {
      if (!importers.has(child.filename)) importers.set(child.filename, []);
      importers.get(child.filename).push(module.filename);
    }
  for (const file of stale)
    for (const importer of importers.get(file) ?? []) if (resolve.isOwn(importer)) stale.add(importer);
  for (const [file, known] of failed) if (changed.some((one) => known.has(one))) stale.add(file);
  for (const module of modules) {
    if (stale.has(module.filename)) delete require.cache[module.filename];
    else module.children = module.children.filter((child) => !stale.has(child.filename));
  }
  // A module that is kept for ever in a list of children would be a leak with every reload.
  for (const file of stale) {
    settled.delete(file);
    settling.delete(file);
    stacks.forget(file);
  }
  ahead.clear();
  resolve.forget();
  tsconfig.setRoot(root);
  return stale;
}

/** The project's folder. */
function project() {
  return root;
}

module.exports = { install, project, load, loadAhead, prewarm, dependencies, evaluated, forget };
