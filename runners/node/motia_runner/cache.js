'use strict';
/**
 * Transformed code on disk, under `MOTIA_CACHE` or beside the run folder, so that a second start needs no esbuild.
 * A folder that another user could write to is not used: what lies in it is run. Losing it costs time only.
 */
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const ENOUGH = 40_000;
let folder = null;

function open(runDir) {
  const base =
    process.env.MOTIA_CACHE ||
    (runDir ? path.dirname(runDir) : path.join(os.tmpdir(), `motia-${os.userInfo().username}`));
  const wanted = path.join(base, 'node');
  try {
    fs.mkdirSync(wanted, { recursive: true, mode: 0o700 });
    const status = fs.statSync(wanted);
    const ours = process.getuid === undefined || status.uid === process.getuid();
    folder = ours && (status.mode & 0o022) === 0 ? wanted : null;
  } catch {
    folder = null;
  }
}

function key(...parts) {
  const { createHash } = require('node:crypto');
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\0');
  return hash.digest('base64url').slice(0, 32);
}

/** `{code, map}` or null; `map` is where the source map lies. */
function get(name) {
  if (folder === null) return null;
  try {
    const file = path.join(folder, name);
    return { code: fs.readFileSync(`${file}.js`, 'utf8'), map: { file: `${file}.map` } };
  } catch {
    return null;
  }
}

/** Keeps code and map; returns the map as stacks.js wants it. */
function put(name, code, map) {
  if (folder === null) return map;
  const file = path.join(folder, name);
  try {
    // The map first: whoever sees the code may need it.
    write(`${file}.map`, map);
    write(`${file}.js`, code);
    return { file: `${file}.map` };
  } catch {
    return map;
  }
}

function write(file, text) {
  const temporary = `${file}.${process.pid}`;
  fs.writeFileSync(temporary, text, { mode: 0o600 });
  fs.renameSync(temporary, file);
}

/** Removes the older half when there are very many. */
function prune() {
  if (folder === null) return;
  try {
    const names = fs.readdirSync(folder);
    if (names.length < ENOUGH) return;
    const aged = names.map((name) => [fs.statSync(path.join(folder, name)).mtimeMs, name]).sort(([a], [b]) => a - b);
    for (const [, name] of aged.slice(0, aged.length >> 1)) fs.rmSync(path.join(folder, name), { force: true });
  } catch {
    // Another worker prunes too.
  }
}

module.exports = { open, key, get, put, prune };
