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
const { Versions } = require('./versions');

class Steps {
  constructor(wire) {
    this.wire = wire;
    this.root = '';
    this.versions = new Versions();
    this.places = new Map();
    this.scopes = new Map();
    // How long a file may take to load (ms), the awaits at its top included.
    this.patience = 30_000;
  }

  open(project) {
    this.root = loader.install(project);
  }

  /** A loaded step that can run, or null. The hot path of every invocation. */
  known(file, member, snapshot) {
    const step = this.versions.at(file, snapshot)?.members?.get(member);
    return step?.handler === undefined ? null : step;
  }

  /** A step that can run, loaded now if need be. Rejects with MotiaError 1003. */
  async runnable(file, member, snapshot) {
    const step = await this.find(file, member, snapshot);
    if (step.handler === undefined) throw new MotiaError(CODES.unavailable, `${step.name} in ${file} has no handler`);
    return step;
  }

  /** Loads the file if need be. Rejects with MotiaError 1003. */
  async find(file, member, snapshot) {
    const { members, error } = await this.load(file, snapshot);
    const step = members?.get(member);
    if (step !== undefined) return step;
    if (error !== undefined) throw new MotiaError(CODES.unavailable, `${file} cannot be used: ${error.message}`);
    throw new MotiaError(CODES.unavailable, `${file} has no step ${member === '' ? 'of its own' : `"${member}"`}`);
  }

  /**
   * The report of each file, as JSON text: of those asked for, then of others that needed a changed one. `held` are
   * earlier loadings that are still served, with their `sources` where this worker may not have seen them.
   */
  async describe({ snapshot, files, changed, held }) {
    const stale = this.forget(snapshot, files, changed);
    for (const one of held) await this.hold(one);
    this.versions.prune(snapshot, held);
    const asked = [...new Set([...files, ...stale.filter((file) => !changed.includes(file))])];
    const missing = asked.filter((file) => this.versions.at(file, snapshot) === undefined);
    await loader.prewarm(missing.map((file) => this.absolute(file)));
    if (missing.length > 1) this.loadAhead(missing);
    const reports = [];
    for (const file of asked) reports.push(sendable(await this.report(file, snapshot)));
    transform.rest();
    return reports;
  }

  async report(file, snapshot) {
    const { members, error } = await this.load(file, snapshot);
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
  load(file, snapshot) {
    const known = this.versions.at(file, snapshot);
    if (known !== undefined) return known.loading ?? known;
    const entry = this.versions.add(file, snapshot, {});
    entry.loading = this.read(file).then((found) => {
      delete entry.loading;
      return Object.assign(entry, found);
    });
    return entry.loading;
  }

  /** Loads an earlier version of a file from the texts it was made of, unless this worker still has it. */
  async hold({ file, snapshot, sources }) {
    if (this.versions.holds(file, snapshot) || sources === undefined) return;
    const texts = new Map(Object.entries(sources).map(([name, text]) => [this.absolute(name), text]));
    transform.instead(texts);
    try {
      this.versions.add(file, snapshot, await this.read(file), snapshot + 1);
    } finally {
      transform.instead(null);
      loader.forget([...texts.keys()]);
    }
  }

  async read(file) {
    try {
      const exported = await this.exportsOf(file);
      const steps = dialects.read(exported, file, (one) => this.relative(one));
      return { members: new Map(steps.map((step) => [step.member, step])) };
    } catch (error) {
      const found = problem(error, this.absolute(file), (one) => this.relative(one));
      return { error: { file, ...found } };
    }
  }

  /** Runs a file of the project; what it prints is logged, what it exits with is thrown. */
  async exportsOf(file) {
    const scope = this.scopes.get(file) ?? new FileScope(this.wire, file);
    this.scopes.delete(file);
    let timer;
    const late = new Promise((_, reject) => {
      timer = setTimeout(() => reject(this.overdue('something it awaits does not come')), this.patience);
    });
    try {
      const exported = await Promise.race([storage.run(scope, loader.load, this.absolute(file), this.patience), late]);
      if (scope.failure !== null) throw scope.failure;
      return exported;
    } catch (error) {
      throw error?.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT' ? this.overdue('move slow work into the handler') : error;
    } finally {
      clearTimeout(timer);
      this.stay(scope, file);
      scope.loaded = true;
      output.flush(scope);
    }
  }

  /** Runs what need not wait, all under one watch: a watch costs a thread. What came of it is told by `exportsOf`. */
  loadAhead(files) {
    const names = new Map(files.map((file) => [this.absolute(file), file]));
    loader.loadAhead([...names.keys()], this.patience, (place, work) => {
      const file = names.get(place);
      const scope = new FileScope(this.wire, file);
      this.scopes.set(file, scope);
      storage.run(scope, work);
      this.stay(scope, file);
    });
  }

  /** One file must not move all others. */
  stay(scope, file) {
    if (process.cwd() === this.root) return;
    process.chdir(this.root);
    scope.log('warn', `${file} changes the working directory while it loads; it is set back: use absolute paths`, {});
  }

  overdue(hint) {
    return new FileProblem('timeout', `the file had not loaded after ${this.patience / 1000} s`, { hint });
  }

  /** Ends what has changed, what needs it, and what could not be loaded. Returns the step files among them. */
  forget(snapshot, files, changed) {
    if (changed.length === 0) return [];
    this.places.clear();
    const stale = loader.forget(changed.map((file) => this.absolute(file)));
    const ended = [...this.versions.files.keys()].filter((file) => stale.has(this.absolute(file)));
    const failed = files.filter((file) => this.versions.latest(file)?.error !== undefined);
    for (const file of [...ended, ...failed]) this.versions.end(file, snapshot);
    return ended;
  }

  absolute(file) {
    let place = this.places.get(file);
    if (place === undefined) {
      place = path.resolve(this.root, file);
      try {
        place = fs.realpathSync(place);
      } catch {
        return place;
      }
      this.places.set(file, place);
    }
    return place;
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
