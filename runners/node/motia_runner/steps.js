'use strict';
/**
 * The files of the project as this worker knows them: loaded once, described, forgotten when they change. Each file is
 * on its own: a broken one is reported and never stops another.
 */
const fs = require('node:fs');
const path = require('node:path');
const { setTimeout, clearTimeout } = require('node:timers');
const loader = require('./loader');
const dialects = require('./dialects');
const transform = require('./transform');
const { CODES, FileProblem, MotiaError } = require('./errors');
const { FileScope, storage } = require('./scope');
const { problem } = require('./problems');
const output = require('./output');
const { encode } = require('./values');

class Steps {
  /** How long a file may take to load (ms), the awaits at its top included. */
  static patience = 30_000;

  constructor(wire) {
    this.wire = wire;
    this.root = '';
    this.files = new Map();
  }

  open(project) {
    this.root = loader.install(project);
  }

  /** A loaded step that can run, or null. The hot path of every invocation. */
  known(file, member) {
    const step = this.files.get(file)?.members?.get(member);
    return step?.handler === undefined ? null : step;
  }

  /** A step that can run, loaded now if need be. Rejects with MotiaError 1003. */
  async runnable(file, member) {
    const step = await this.find(file, member);
    if (step.handler === undefined) throw new MotiaError(CODES.unavailable, `${step.name} in ${file} has no handler`);
    return step;
  }

  /** Loads the file if need be. Rejects with MotiaError 1003. */
  async find(file, member) {
    const { members, error } = await this.load(file);
    const step = members?.get(member);
    if (step !== undefined) return step;
    if (error !== undefined) throw new MotiaError(CODES.unavailable, `${file} cannot be used: ${error.message}`);
    throw new MotiaError(CODES.unavailable, `${file} has no step ${member === '' ? 'of its own' : `"${member}"`}`);
  }

  /** The report of each file, as JSON text. */
  async describe(files, changed) {
    this.forget(changed);
    await loader.prewarm(files.filter((file) => !this.files.has(file)).map((file) => this.absolute(file)));
    const reports = [];
    for (const file of files) reports.push(sendable(await this.report(file)));
    transform.rest();
    return reports;
  }

  async report(file) {
    const { members, error } = await this.load(file);
    const report = {
      file,
      steps: [],
      warnings: [],
      dependencies: loader
        .dependencies(this.absolute(file))
        .map((one) => this.relative(one))
        .sort(),
    };
    if (error !== undefined) return { ...report, error };
    for (const step of members.values()) {
      const { report: one, warnings } = step.report();
      report.steps.push({ ...one, ...lineOf(this.absolute(file), step.member) });
      report.warnings.push(...warnings.map((warning) => ({ ...warning, file })));
    }
    return report;
  }

  /** `{members}` or `{error}`; one load at a time for each file. */
  load(file) {
    let known = this.files.get(file);
    if (known === undefined) {
      const loading = this.read(file).then((found) => {
        // Kept only when the file was not changed meanwhile.
        if (this.files.get(file)?.loading === loading) this.files.set(file, found);
        return found;
      });
      known = { loading };
      this.files.set(file, known);
    }
    return known.loading ?? known;
  }

  async read(file) {
    try {
      const exported = await this.exportsOf(file);
      const steps = dialects.read(exported, file);
      return { members: new Map(steps.map((step) => [step.member, step])) };
    } catch (error) {
      const found = problem(error, this.absolute(file), (one) => this.relative(one));
      return { error: { file, ...found } };
    }
  }

  /** Runs a file of the project; what it prints is logged, what it exits with is thrown. */
  async exportsOf(file) {
    const scope = new FileScope(this.wire, file);
    let timer;
    const late = new Promise((_, reject) => {
      timer = setTimeout(
        () =>
          reject(
            new FileProblem(
              'timeout',
              `loading took longer than ${Steps.patience / 1000} s; something it awaits does not come`,
            ),
          ),
        Steps.patience,
      );
    });
    try {
      const exported = await Promise.race([storage.run(scope, loader.load, this.absolute(file)), late]);
      if (scope.failure !== null) throw scope.failure;
      return exported;
    } finally {
      clearTimeout(timer);
      scope.loaded = true;
      output.flush(scope);
    }
  }

  forget(changed) {
    if (changed.length === 0) return;
    const stale = loader.forget(changed.map((file) => this.absolute(file)));
    for (const file of this.files.keys()) if (stale.has(this.absolute(file))) this.files.delete(file);
  }

  absolute(file) {
    const whole = path.resolve(this.root, file);
    try {
      return fs.realpathSync(whole);
    } catch {
      return whole;
    }
  }

  relative(file) {
    const short = path.relative(this.root, file);
    return short.startsWith('..') ? file : short.split(path.sep).join('/');
  }
}

/** A config that cannot be sent is a fault of its file, not of the others asked about. */
function sendable(report) {
  try {
    return encode(report, report.file);
  } catch (error) {
    const { file, dependencies } = report;
    return encode({ file, steps: [], dependencies, error: { code: 'bad_config', message: error.message, file } });
  }
}

/** Where a step begins in its file, for listings. */
function lineOf(file, member) {
  const named = member.replace(/\W/g, '');
  const start =
    member === ''
      ? /^\s*(?:export\s+(?:const|let|var)\s+config\b|(?:module\.)?exports\.config\b|const\s+config\b|export\s+default\b|module\.exports\b)/
      : new RegExp(`^\\s*(?:export\\s+(?:const|let|var)\\s+${named}\\b|(?:module\\.)?exports\\.${named}\\b)`);
  try {
    const index = fs
      .readFileSync(file, 'utf8')
      .split('\n')
      .findIndex((line) => start.test(line));
    return index < 0 ? {} : { line: index + 1 };
  } catch {
    return {};
  }
}

module.exports = { Steps };
