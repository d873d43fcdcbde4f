'use strict';
/** Why a file cannot be used → the report of step.describe: `{code, message, line?, column?, file?, stack?, hint?}`. */
const fs = require('node:fs');
const path = require('node:path');
const vm = require('node:vm');
const { Exit, FileProblem } = require('./errors');
const { isOwn } = require('./resolve');
const { asError } = require('./failures');
const stacks = require('./stacks');

const MISSING = new Set(['MODULE_NOT_FOUND', 'ERR_MODULE_NOT_FOUND', 'ERR_PACKAGE_PATH_NOT_EXPORTED']);

/** `relative(file)` shortens a path for the reader. */
function problem(thrown, file, relative) {
  if (thrown instanceof FileProblem) return thrown.report;
  if (thrown instanceof Exit)
    return located('exit', `the file calls exit(${thrown.exitCode ?? ''}) while it loads`, thrown, relative);
  if (thrown instanceof Error) {
    if (thrown.errors?.[0]?.location) return fromEsbuild(thrown.errors, file, relative);
    if (MISSING.has(thrown.code)) return fromMissing(thrown, file, relative);
    if (thrown instanceof SyntaxError) return fromSyntax(thrown, file, relative);
  }
  const error = asError(thrown);
  return located('import', `${error.name}: ${error.message}`, error, relative);
}

function fromEsbuild(errors, file, relative) {
  const [{ text, location, notes }] = errors;
  const where = {
    line: location.line,
    column: location.column + 1,
    file: relative(path.isAbsolute(location.file) ? location.file : file),
  };
  if (text.startsWith('Multiple exports with the same name "default"')) return twoSteps(file, where);
  const hint = notes?.[0]?.text ?? '';
  return { code: 'syntax', message: text, ...where, ...(hint && { hint }) };
}

/** A listing of two files, pasted into one; the comments above each say what they were called. */
function twoSteps(file, where) {
  const names = [...fs.readFileSync(file, 'utf8').matchAll(/^\s*\/\/\s*([\w./@-]+\.[cm]?[jt]sx?)\s*$/gm)].map(
    ([, name]) => name,
  );
  const named = names.length > 1 ? `: ${names.join(' and ')}` : '';
  return {
    code: 'two_steps',
    message: `this is two files${named}; a file has one default export`,
    ...where,
    hint: 'put each step into a file of its own',
  };
}

function fromMissing(error, file, relative) {
  const wanted = /(?:Cannot find (?:module|package)|Package subpath) '([^']+)'/.exec(error.message)?.[1] ?? '';
  const importer = error.requireStack?.find(isOwn) ?? importerOf(error) ?? file;
  const message = error.message.split('\n')[0];
  if (wanted === file) return { code: 'import', message: 'the file does not exist', file: relative(file) };
  const bare = wanted !== '' && !wanted.startsWith('.') && !path.isAbsolute(wanted);
  const hint = bare ? `install it: npm install ${packageOf(wanted)}` : 'check the path';
  return {
    code: 'import',
    message,
    file: relative(importer),
    ...lineOf(importer, wanted),
    hint: message.includes('testing kit') ? '' : hint,
  };
}

function importerOf(error) {
  return stacks.place(error.stack, isOwn)?.file;
}

function packageOf(name) {
  return name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/');
}

/** The line where a file names what it imports. */
function lineOf(file, name) {
  try {
    const lines = fs.readFileSync(file, 'utf8').split('\n');
    const index = lines.findIndex((line) => line.includes(`'${name}'`) || line.includes(`"${name}"`));
    return index < 0 ? {} : { line: index + 1 };
  } catch {
    return {};
  }
}

function fromSyntax(error, file, relative) {
  const json = /^(.+\.json): /.exec(error.message);
  if (json) return { code: 'syntax', message: error.message.slice(json[0].length), file: relative(json[1]) };
  // V8 tells the place only to those who compile a script under a name.
  for (const one of [stacks.place(error.stack, isOwn)?.file, file].filter(Boolean)) {
    const line = /:(\d+)\n/.exec(compiled(one))?.[1];
    if (line !== undefined) return { code: 'syntax', message: error.message, line: Number(line), file: relative(one) };
  }
  return located('syntax', error.message, error, relative);
}

function compiled(file) {
  try {
    const source = fs.readFileSync(file, 'utf8').replace(/^#!/, '//');
    new vm.Script(`(function () {${source}\n})`, { filename: file });
    return '';
  } catch (error) {
    return `${error.stack}\n`;
  }
}

function located(code, message, error, relative) {
  const place = stacks.place(error.stack, isOwn);
  const where = place === null ? {} : { line: place.line, column: place.column, file: relative(place.file) };
  return { code, message, ...where, ...(error.stack && { stack: String(error.stack) }) };
}

module.exports = { problem };
