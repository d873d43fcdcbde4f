'use strict';
/**
 * One component of the author's own, which draws a step in the workbench, as one module for browsers. A program of its
 * own, started for one file: `node component.js FILE`, in the project; prints JSON, `{code, files}` or `{error}`.
 *
 * What the workbench offers (React and its nodes) is taken from it, so that there is one React in the page; everything
 * else is bundled, from the project and its packages.
 */
const path = require('node:path');
const { own } = require('./packages');

const OFFERED = {
  react: 'react',
  'react/jsx-runtime': 'react/jsx-runtime',
  'react/jsx-dev-runtime': 'react/jsx-runtime',
  'motia/workbench': 'workbench',
  '@motia/core/workbench': 'workbench',
  '@motiadev/workbench': 'workbench',
  '@motia/workbench': 'workbench',
};
const MOST = 4 * 1024 * 1024;

const offered = {
  name: 'offered',
  setup(build) {
    build.onResolve({ filter: /^(?:react|motia|@motiadev|@motia)(?:\/|$)/ }, ({ path: name, kind }) => {
      if (kind === 'entry-point' || !Object.hasOwn(OFFERED, name)) return undefined;
      return { path: OFFERED[name], namespace: 'offered' };
    });
    build.onLoad({ filter: /.*/, namespace: 'offered' }, ({ path: name }) => ({
      contents: `module.exports = globalThis[Symbol.for('motia.workbench')][${JSON.stringify(name)}]`,
      loader: 'js',
    }));
  },
};

async function compile(file) {
  const root = process.cwd();
  try {
    const made = await own('esbuild').build({
      entryPoints: [path.resolve(file)],
      absWorkingDir: root,
      bundle: true,
      write: false,
      metafile: true,
      format: 'esm',
      platform: 'browser',
      target: ['chrome123', 'firefox121', 'safari17'],
      jsx: 'automatic',
      define: { 'process.env.NODE_ENV': '"development"' },
      loader: { '.svg': 'dataurl', '.png': 'dataurl', '.jpg': 'dataurl', '.gif': 'dataurl', '.webp': 'dataurl', '.js': 'jsx' },
      logLevel: 'silent',
      plugins: [offered],
      outfile: 'component.js',
    });
    const script = made.outputFiles.find((one) => one.path.endsWith('.js'));
    if (script.contents.length > MOST) throw new Error(`the bundle is larger than ${MOST / 1024 / 1024} MB`);
    const files = Object.keys(made.metafile.inputs).filter((one) => !/^offered:|(?:^|\/)node_modules\//.test(one));
    return { code: script.text, files };
  } catch (error) {
    return { error: told(error) };
  }
}

/** esbuild's first error with its place, or whatever went wrong. */
function told(error) {
  const first = error.errors?.[0];
  if (first === undefined) return String(error.message ?? error);
  const { file, line } = first.location ?? {};
  return file === undefined ? first.text : `${file}:${line}: ${first.text}`;
}

compile(process.argv[2]).then((made) => process.stdout.write(JSON.stringify(made)));
