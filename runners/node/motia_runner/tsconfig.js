'use strict';
/**
 * The nearest tsconfig.json (or jsconfig.json) of a file: its path aliases and what esbuild must know of it.
 * Reads `extends`, comments and trailing commas. Never looks above the project, or the workspace that it is part of.
 */
const fs = require('node:fs');
const path = require('node:path');
const { createRequire } = require('node:module');

const NAMES = ['tsconfig.json', 'jsconfig.json'];
// Only what changes the meaning of the code; `verbatimModuleSyntax` and the like would keep type-only imports alive.
const FOR_ESBUILD = [
  'experimentalDecorators',
  'useDefineForClassFields',
  'target',
  'jsx',
  'jsxFactory',
  'jsxFragmentFactory',
  'jsxImportSource',
];
const NONE = Object.freeze({ aliases: [], baseUrl: null, raw: '{}', file: null });

const byFolder = new Map();
let root = '';

function setRoot(folder) {
  root = workspaceOf(folder) ?? folder;
  byFolder.clear();
}

/** The folder above a project whose package.json counts it among its workspaces, or null. */
function workspaceOf(folder) {
  for (let above = path.dirname(folder); above !== path.dirname(above); above = path.dirname(above)) {
    if (fs.existsSync(path.join(above, 'pnpm-workspace.yaml'))) return above;
    try {
      if (JSON.parse(fs.readFileSync(path.join(above, 'package.json'), 'utf8')).workspaces !== undefined) return above;
    } catch {
      // No package here.
    }
  }
  return null;
}

/** `{aliases, baseUrl, raw, file}` for a source file. */
function settingsFor(file) {
  return settings(path.dirname(file));
}

function settings(folder) {
  let found = byFolder.get(folder);
  if (found === undefined) {
    const name = NAMES.map((one) => path.join(folder, one)).find((one) => fs.existsSync(one));
    const parent = path.dirname(folder);
    if (name !== undefined) found = read(name);
    else found = folder === root || parent === folder || !folder.startsWith(root) ? NONE : settings(parent);
    byFolder.set(folder, found);
  }
  return found;
}

function read(file) {
  const options = compilerOptions(file, new Set());
  const kept = Object.fromEntries(
    FOR_ESBUILD.filter((name) => options[name] !== undefined).map((name) => [name, options[name]]),
  );
  // They leave JSX to a later tool, which is us.
  if (/^(?:preserve|react-native)$/i.test(kept.jsx)) kept.jsx = 'react-jsx';
  const aliases = Object.entries(options.paths ?? {}).map(([pattern, targets]) => {
    const [before, after] = pattern.split('*');
    return {
      before,
      after: after ?? null,
      targets: [].concat(targets).map((one) => path.resolve(options.pathsFrom, one)),
    };
  });
  // TypeScript: the pattern with the longest beginning wins, an exact one before all.
  aliases.sort((a, b) => (a.after === null ? -1 : b.after === null ? 1 : b.before.length - a.before.length));
  return { aliases, baseUrl: options.baseUrl ?? null, raw: JSON.stringify({ compilerOptions: kept }), file };
}

function compilerOptions(file, seen) {
  if (seen.has(file)) return {};
  seen.add(file);
  let config;
  try {
    config = parse(fs.readFileSync(file, 'utf8'));
  } catch (error) {
    process.stderr.write(`${file} is ignored: ${error.message}\n`);
    return {};
  }
  const merged = {};
  for (const base of [].concat(config.extends ?? [])) {
    const target = extended(base, file);
    if (target !== null) Object.assign(merged, compilerOptions(target, seen));
  }
  const folder = path.dirname(file);
  const own = { ...config.compilerOptions };
  if (own.baseUrl !== undefined) own.baseUrl = path.resolve(folder, own.baseUrl.replace('${configDir}', folder));
  if (own.paths !== undefined) own.pathsFrom = own.baseUrl ?? merged.baseUrl ?? folder;
  return Object.assign(merged, own);
}

function extended(base, from) {
  if (base.startsWith('.') || path.isAbsolute(base)) {
    const file = path.resolve(path.dirname(from), base);
    return (
      [file, `${file}.json`, path.join(file, 'tsconfig.json')].find((one) =>
        fs.statSync(one, { throwIfNoEntry: false })?.isFile(),
      ) ?? null
    );
  }
  const lookup = createRequire(from);
  for (const name of [base, `${base}.json`, `${base}/tsconfig.json`]) {
    try {
      const found = lookup.resolve(name);
      if (found.endsWith('.json')) return found;
    } catch {
      // The next form of the name.
    }
  }
  return null;
}

/** JSON with comments and trailing commas. */
function parse(text) {
  const bare = text
    .replace(/^\ufeff/, '')
    .replace(/"(?:[^"\\]|\\.)*"|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (part) => (part[0] === '"' ? part : ' '));
  return JSON.parse(bare.replace(/"(?:[^"\\]|\\.)*"|,(?=\s*[}\]])/g, (part) => (part[0] === '"' ? part : '')));
}

module.exports = { settingsFor, setRoot };
