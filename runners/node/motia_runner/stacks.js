'use strict';
/**
 * Error stacks that name source lines. Frames of this runner and of Node's inside are left out. A map is read only when
 * a stack that needs it is, and forgotten when its file is loaded anew; Node's own source maps are never switched on,
 * because they keep every version of a file for ever.
 */
const fs = require('node:fs');
const { SourceMap } = require('node:module');
const { fileURLToPath } = require('node:url');

const maps = new Map();
// What Node puts between this runner and the author's code.
const INSIDE = /^node:(?:internal\/|vm$|async_hooks$)/;
const FROM_NODE = /[( ]node:[\w/]+:\d+:\d+\)?$/;

/** `map` is JSON text, or `{file}` where it can be read. */
function remember(file, map) {
  maps.set(file, map);
}

function forget(file) {
  maps.delete(file);
}

/** `{line, column}` in the source for a place (from 1) in the code that runs. */
function original(file, line, column) {
  const map = decoded(file);
  if (map === null) return { line, column };
  const entry = map.findEntry(line - 1, Math.max(column - 1, 0));
  return entry.originalLine === undefined
    ? { line, column }
    : { line: entry.originalLine + 1, column: entry.originalColumn + 1 };
}

function decoded(file) {
  const map = maps.get(file);
  if (map === undefined || map instanceof SourceMap) return map ?? null;
  try {
    const made = new SourceMap(JSON.parse(typeof map === 'string' ? map : fs.readFileSync(map.file, 'utf8')));
    maps.set(file, made);
    return made;
  } catch {
    maps.delete(file);
    return null;
  }
}

function install() {
  Error.stackTraceLimit = 30;
  Error.prepareStackTrace = (error, frames) => {
    const lines = [];
    for (const frame of frames) {
      const line = format(frame);
      if (line !== null) lines.push(`\n    at ${line}`);
      if (lines.length === 12) break;
    }
    // What called the author's code from below is no news.
    while (lines.length > 0 && FROM_NODE.test(lines.at(-1))) lines.pop();
    return `${header(error)}${lines.join('')}`;
  };
}

function header(error) {
  try {
    return Error.prototype.toString.call(error);
  } catch {
    return 'Error';
  }
}

function format(frame) {
  const name = frame.getFileName();
  if (typeof name !== 'string' || INSIDE.test(name) || name.startsWith(__dirname)) return name ? null : String(frame);
  const file = name.startsWith('file:') ? fileURLToPath(name) : name;
  const line = frame.getLineNumber() ?? 1;
  const column = frame.getColumnNumber() ?? 1;
  const place = original(file, line, column);
  return String(frame).replace(`${name}:${line}:${column}`, `${file}:${place.line}:${place.column}`);
}

/** The first place of a stack text that `accept(file)` takes: `{file, line, column}` or null. */
function place(stack, accept) {
  for (const [, file, line, column] of String(stack ?? '').matchAll(
    /^ {4}at (?:.*\()?((?:\/|[A-Za-z]:\\).*?):(\d+):(\d+)\)?$/gm,
  ))
    if (accept(file)) return { file, line: Number(line), column: Number(column) };
  return null;
}

module.exports = { install, remember, forget, original, place };
