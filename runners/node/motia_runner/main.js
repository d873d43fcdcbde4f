'use strict';
/**
 * A worker: reads descriptor 0, writes descriptor 3, gives each method its meaning. Start here.
 * hot path: wire.js → invoke.js → run.js · files: steps.js → loader.js, dialects.js · ends: exits.js, lifeline.js
 */
// Invocations live too long for V8's guess that such objects are best made old: then every one would keep the next alive
// until a full collection. Without the guess a call costs half.
require('node:v8').setFlagsFromString('--no-allocation-site-pretenuring');
const fs = require('node:fs');
const path = require('node:path');
const stacks = require('./stacks');
const exits = require('./exits');
const output = require('./output');
const { CODES, MotiaError, SDK } = require('./errors');
const { Wire, string } = require('./wire');
const { Outlet } = require('./outlet');
const { Steps } = require('./steps');
const { Invoker } = require('./invoke');
const { encode, limits } = require('./values');
const { storage } = require('./scope');
const { failure } = require('./failures');

const PROTOCOL = 1;
const VERSION = '1.0.0';

let ready = false;
// When nobody reads the wire any more the core is gone.
const outlet = new Outlet(3, () => exits.leave(0));
const wire = new Wire(outlet, request, notification);
const worker = {
  printed: { stdout: '', stderr: '' },
  log(level, msg, fields, source) {
    const json = fields === undefined ? '{}' : encode(fields, 'fields', 'log');
    wire.notify('log', `{"level":"${level}","msg":${string(String(msg))},"fields":${json},"source":"${source ?? 'logger'}","time":${Date.now()}}`);
  },
  fail(error) {
    this.log('error', `outside of an invocation: ${error?.message ?? error}`, { error }, 'stderr');
  },
};
const steps = new Steps(worker.log);
const invoker = new Invoker(wire, steps);
let configs = null;

const METHODS = {
  ping: (id) => wire.reply(id, '{}'),
  'step.run': (id, params, special) => invoker.start(id, params, special),
  'step.describe': (id, { files, changed = [] }) => {
    if (!isList(files) || !isList(changed)) return wire.fail(id, CODES.params, 'step.describe needs lists of files');
    steps.describe(files, changed).then((reports) => wire.reply(id, `{"files":[${reports}]}`), (error) => refuse(id, error));
  },
  'config.load': (id, { file }) => answer(id, config().load(text(file, 'file')), (loaded) => loaded),
  'stream.authenticate': (id, { file, request }) => answer(id, config().authenticate(text(file, 'file'), request), (context) => ({ context })),
  'stream.canAccess': (id, { file, member, subscription, auth }) =>
    answer(id, config().canAccess(text(file, 'file'), text(member, 'member'), subscription, auth ?? null), (allowed) => ({ allowed })),
  shutdown: (id, { graceMs = 0 }) =>
    invoker.drain(graceMs).then(() => {
      wire.reply(id, '{}');
      outlet.end(() => exits.reallyExit(0));
    }),
};

function request(id, method, params, special) {
  if (method === 'initialize') return initialize(id, params);
  if (!ready) return wire.fail(id, CODES.notInitialized, `${method} before initialize was answered`);
  if (!Object.hasOwn(METHODS, method)) return wire.fail(id, CODES.unknownMethod, `there is no method ${method}`);
  try {
    METHODS[method](id, params, special);
  } catch (error) {
    refuse(id, error);
  }
}

function notification(method, { invocation, reason = 'user' }) {
  if (ready && method === 'cancel') invoker.cancel(invocation, reason);
}

function initialize(id, { protocol, project, runDir = '', parentPid = 0, limits: agreed = {} }) {
  if (protocol !== PROTOCOL) return wire.fail(id, CODES.version, `this runner speaks protocol ${PROTOCOL}, not ${protocol}`, `{"supported":[${PROTOCOL}]}`);
  if (ready) return wire.fail(id, CODES.invalid, 'initialize was sent twice');
  if (typeof project !== 'string') return wire.fail(id, CODES.params, 'initialize needs project');
  if (agreed.frame) wire.frame = agreed.frame;
  if (agreed.depth) wire.depth = limits.depth = agreed.depth;
  if (agreed.spill) limits.spill = agreed.spill;
  limits.runDir = runDir && fs.existsSync(runDir) ? fs.realpathSync(runDir) : runDir;
  const cache = require('./cache');
  cache.open(runDir);
  steps.open(project);
  offer();
  ready = true;
  wire.reply(id, `{"protocol":${PROTOCOL},"runnerVersion":"${VERSION}","runtime":"node ${process.versions.node}","pid":${process.pid}}`);
  setImmediate(() => require('./lifeline').hold(parentPid));
  setTimeout(cache.prune, 10_000).unref();
}

/** What the SDK reaches without knowing the wire: the running invocation's calls and logger. */
function offer() {
  const { write } = require('./context');
  const current = (verb) => {
    const scope = storage.getStore();
    if (scope?.call === undefined) throw new MotiaError(CODES.over, `${verb} works only while a step runs`);
    return scope;
  };
  const bridge = {
    trigger: async (step, data) => {
      if (typeof step !== 'string' || step === '') throw new TypeError('motia.trigger(id, data) needs the id of a step');
      return await current('motia.trigger').call('events.trigger', { step, data: data ?? null });
    },
    log: (level, msg, ...rest) => write(storage.getStore() ?? worker, level, msg, rest),
  };
  Object.defineProperty(globalThis, Symbol.for('motia.runner'), { value: bridge });
  // A global since the builders' dialect uses it without an import.
  Object.defineProperty(globalThis, 'motia', {
    get: () => require(path.join(SDK, 'index.js')).motia,
    set: (value) => Object.defineProperty(globalThis, 'motia', { value, writable: true, configurable: true }),
    configurable: true,
  });
}

function config() {
  if (configs === null) configs = new (require('./configs').Configs)(steps);
  return configs;
}

function answer(id, work, result) {
  work.then((value) => wire.reply(id, encode(result(value), 'result'))).catch((error) => refuse(id, error));
}

function refuse(id, error) {
  if (error instanceof MotiaError) return wire.fail(id, error.code, error.message);
  const { code, message, data } = failure(error);
  wire.fail(id, code, message, data);
}

function text(value, name) {
  if (typeof value !== 'string') throw new MotiaError(CODES.params, `${name} must be a text`);
  return value;
}

function isList(value) {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

function listen() {
  const input = process.stdin;
  input.on('data', (chunk) => wire.feed(chunk));
  input.on('end', () => exits.leave(0));
  input.on('error', () => exits.leave(0));
  // Whoever reads standard input in a step must not get the wire.
  let empty;
  Object.defineProperty(process, 'stdin', { get: () => (empty ??= require('node:stream').Readable.from([])), configurable: true });
}

stacks.install();
exits.guard(worker);
output.capture(worker);
listen();
