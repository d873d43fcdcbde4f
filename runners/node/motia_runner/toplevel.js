'use strict';
/**
 * Modules with top-level await, which `require` cannot load: each is run to its end here, asynchronously, and its
 * exports are kept; the load that met it is then tried again. loader.js asks `settled` before it loads a file.
 */
const path = require('node:path');
const vm = require('node:vm');
const Module = require('node:module');
const { pathToFileURL } = require('node:url');
const { service, read, OPTIONS, LOADERS, DYNAMIC_IMPORT } = require('./transform');
const { settingsFor } = require('./tsconfig');
const { isOwn } = require('./resolve');
const stacks = require('./stacks');

const ATTEMPTS = 50;
const PARAMETERS = ['exports', 'require', 'module', '__filename', '__dirname', '__motia_meta', '__motia_import'];
const EXPORTS = /\bexport \{([^{}]*)\};?\s*$/;
const REEXPORTED = /^__reExport\((\w+), /m;

/** File → `{exports, module}`. */
const settled = new Map();
const settling = new Map();

/** Thrown through the `require`s that led to `file`; whoever began must settle it and try again. */
class Unsettled extends Error {
  constructor(file) {
    super(`${file} uses top-level await, so it cannot be loaded by require() while code runs`);
    this.file = file;
  }
}

/** Runs `load` until nothing it needs is unsettled. */
async function retrying(load) {
  for (let attempt = 0; ; attempt++) {
    try {
      return load();
    } catch (error) {
      if (!(error instanceof Unsettled) || attempt === ATTEMPTS) throw error;
      await settle(error.file);
    }
  }
}

function settle(file) {
  let work = settling.get(file);
  if (work === undefined) {
    const current = () => settling.get(file) === work;
    // The file may be forgotten, because it has changed, while it still waits for something: then it settles nothing.
    work = (isOwn(file) ? run(file) : import(pathToFileURL(file).href).then((exports) => ({ exports, module: null })))
      .then((result) => void (current() && settled.set(file, result)))
      .finally(() => current() && settling.delete(file));
    settling.set(file, work);
  }
  return work;
}

async function run(file) {
  const { code, map } = await bundle(file);
  stacks.remember(file, map);
  const module = new Module(file, null);
  module.filename = file;
  module.paths = Module._nodeModulePaths(path.dirname(file));
  const found = EXPORTS.exec(code);
  const statements = found === null ? code : code.slice(0, found.index);
  const body = `return (async () => { ${statements}\n${returned(code, found?.[1] ?? null)} })()`;
  const start = vm.compileFunction(body, PARAMETERS, { filename: file });
  const require = (name) => module.require(name);
  const meta = globalThis[Symbol.for('motia.meta')](file, Module.createRequire(file));
  // Again from the start while something it requires is unsettled too: imports come first, so little is done twice.
  const again = globalThis[Symbol.for('motia.import')];
  const work = () => start(module.exports, require, module, file, path.dirname(file), meta, again);
  for (let attempt = 0; ; attempt++) {
    try {
      return { exports: await work(), module };
    } catch (error) {
      if (!(error instanceof Unsettled) || attempt === ATTEMPTS || error.file === file) throw error;
      await settle(error.file);
    }
  }
}

/** The one file as an ES module whose imports have become calls of `require`. */
async function bundle(file) {
  const external = {
    name: 'require-imports',
    setup(build) {
      build.onResolve({ filter: /.*/ }, (asked) => {
        if (asked.kind === 'entry-point') return undefined;
        const statement = asked.namespace !== 'require' && asked.kind === 'import-statement';
        return statement ? { path: asked.path, namespace: 'require' } : { path: asked.path, external: true };
      });
      build.onLoad({ filter: /.*/, namespace: 'require' }, (asked) => ({
        contents: `module.exports = require(${JSON.stringify(asked.path)})`,
        loader: 'js',
      }));
    },
  };
  const { outputFiles } = await service().build({
    ...OPTIONS,
    format: 'esm',
    target: 'es2022',
    stdin: {
      contents: read(file),
      sourcefile: file,
      loader: LOADERS[path.extname(file)],
      resolveDir: path.dirname(file),
    },
    tsconfigRaw: settingsFor(file).raw,
    bundle: true,
    write: false,
    outfile: 'out.js',
    plugins: [external],
  });
  const text = (ending) => outputFiles.find((one) => one.path.endsWith(ending)).text;
  return { code: text('.js').replace(DYNAMIC_IMPORT, '__motia_import(() => '), map: text('.map') };
}

/** esbuild's final export list as the statement that returns the module's exports; null where only CommonJS's are. */
function returned(code, list) {
  const spread = REEXPORTED.exec(code);
  // An ES module that is exported again brings its mark along.
  if (spread !== null) return `return Object.hasOwn(${spread[1]}, '__esModule') ? ${spread[1]} : ${marked(spread[1])}`;
  if (list === null) return 'return module.exports;';
  const names = list
    .split(',')
    .map((one) => one.trim())
    .filter(Boolean);
  const getters = names.map((one) => {
    const [name, as = name] = one.split(/\s+as\s+/);
    return `get ${as}() { return ${name}; }`;
  });
  return `return ${marked(`{ ${getters.join(', ')} }`)}`;
}

function marked(exports) {
  return `Object.defineProperty(${exports}, '__esModule', { value: true });`;
}

module.exports = { Unsettled, settled, settling, retrying };
