'use strict';
/**
 * Source text → CommonJS that Node runs, by esbuild; plain CommonJS passes untouched and needs no esbuild.
 * Never decides which file is loaded (resolve.js) nor runs anything (loader.js). Two things rely on the exact output of
 * the pinned esbuild: the mark of an ES module and the form of a dynamic import.
 */
const fs = require('node:fs');
const path = require('node:path');
const { setTimeout } = require('node:timers');
const { own } = require('./packages');
const { settingsFor } = require('./tsconfig');
const cache = require('./cache');

const LOADERS = {
  '.ts': 'ts',
  '.mts': 'ts',
  '.cts': 'ts',
  '.tsx': 'tsx',
  '.js': 'jsx',
  '.jsx': 'jsx',
  '.mjs': 'jsx',
  '.cjs': 'jsx',
};
const ALWAYS = new Set(['.ts', '.mts', '.cts', '.tsx', '.jsx', '.mjs']);
// Where these words begin a statement, or `import` is called or asked, the file is no plain CommonJS.
const MODULE_SYNTAX = /^\s*(?:import|export)\b|[;}]\s*(?:import|export)\b|\bimport\s*[(.]/m;
const OPTIONS = {
  format: 'cjs',
  platform: 'node',
  target: 'node20',
  sourcemap: 'external',
  sourcesContent: false,
  keepNames: true,
  logLevel: 'silent',
  supported: { 'dynamic-import': false },
  define: { 'import.meta': '__motia_meta' },
};
const ESM_MARK = 'module.exports = __toCommonJS(';
const DYNAMIC_IMPORT = /Promise\.resolve\(\)\.then\(\(\) => (?=__toESM\((?:__)?require\()/g;
// One line, so that line numbers hold.
const META = 'const __motia_meta = globalThis[Symbol.for("motia.meta")](__filename, require); ';
const IMPORT = 'const __motia_import = globalThis[Symbol.for("motia.import")]; ';
// What another version of this file made is never used.
const VERSION = cache.key(fs.readFileSync(__filename, 'utf8'));

const ahead = new Map();
let esbuild = null;
let stopping = null;

/** `{code, map, plain}` for a file about to be loaded. Throws esbuild's error, with `errors[].location`. */
function transform(file, source, force = false) {
  const ready = ahead.get(file);
  ahead.delete(file);
  if (ready !== undefined && ready.source === source) return ready;
  if (!force && isPlain(file, source)) return { code: source, map: null, plain: true };
  const job = prepare(file, source);
  return kept(job) ?? keep(job, service().transformSync(source, job.options));
}

/** Transforms `files` and what they import before anything is loaded: in parallel, where the disk has no answer. */
async function prewarm(files, resolve, loaded) {
  const seen = new Set();
  const visit = async (file) => {
    if (seen.has(file) || loaded(file) || !(path.extname(file) in LOADERS)) return;
    seen.add(file);
    try {
      const source = read(file);
      let made = { code: source, plain: true };
      if (!isPlain(file, source)) {
        const job = prepare(file, source);
        made = kept(job) ?? keep(job, await service().transform(source, job.options));
        ahead.set(file, { ...made, source });
      }
      await Promise.all(
        requires(made.code)
          .map((name) => resolve(name, file))
          .filter((one) => one !== null)
          .map(visit),
      );
    } catch {
      // Told when the file is loaded.
    }
  };
  await Promise.all(files.map(visit));
}

function isPlain(file, source) {
  return !ALWAYS.has(path.extname(file)) && !MODULE_SYNTAX.test(source);
}

function prepare(file, source) {
  const { raw } = settingsFor(file);
  // For .mts and .mjs esbuild would take `default` of an ES package for the whole namespace, as Node does with CommonJS.
  const sourcefile = file.replace(/\.m([tj]s)$/, '.$1');
  const options = { ...OPTIONS, loader: LOADERS[path.extname(file)], sourcefile, tsconfigRaw: raw };
  return { options, name: cache.key(VERSION, esbuildVersion(), JSON.stringify(options), source) };
}

function kept({ name }) {
  const found = cache.get(name);
  return found && { ...found, plain: false };
}

function keep({ name }, { code, map }) {
  const made = finish(code);
  return { code: made, map: cache.put(name, made, map), plain: false };
}

function finish(code) {
  let prologue = '';
  const body = code.replace(DYNAMIC_IMPORT, '__motia_import(() => ');
  // A file that was an ES module is strict; esbuild does not say so, and only a first directive counts.
  if (body.includes(ESM_MARK)) prologue += '"use strict"; ';
  if (body !== code) prologue += IMPORT;
  if (body.includes('__motia_meta')) prologue += META;
  return prologue + body;
}

/** The names that transformed code requires. */
function requires(code) {
  return [...code.matchAll(/\brequire\(\s*(["'])((?:[^"'\\\n]|\\.)+)\1/g)].map(([, , name]) => name);
}

function service() {
  esbuild ??= own('esbuild');
  stopping?.refresh();
  return esbuild;
}

let version = null;
/** Read from its manifest: a start with a warm cache must not load esbuild. */
function esbuildVersion() {
  version ??= own('esbuild/package.json').version;
  return version;
}

/** Ends esbuild's own process some seconds after its last use: it would keep tens of megabytes. */
function rest() {
  if (esbuild === null || stopping !== null) return;
  stopping = setTimeout(() => {
    stopping = null;
    esbuild.stop();
  }, 3000);
  stopping.unref();
}

function read(file) {
  return (given(file) ?? fs.readFileSync(file, 'utf8')).replace(/^\ufeff/, '');
}

let texts = null;
/** From now on `files` (path → text) are read instead of what lies on the disk; null = the disk again. */
function instead(files) {
  texts = files;
}

/** The text that stands for a file, if one does. */
function given(file) {
  return texts?.get(file);
}

module.exports = { transform, prewarm, requires, rest, read, instead, given, service, OPTIONS, LOADERS, DYNAMIC_IMPORT };
