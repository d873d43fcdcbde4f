'use strict';
/**
 * A worker: reads the wire, writes it, gives each method to who knows it. Start here. Descriptors are arguments, 0 and 3
 * when left out. hot path: wire.js → invoke.js → run.js · files: steps.js → loader.js, dialects.js · ends: exits.js
 */
// Invocations live too long for V8's guess that such objects are best made old: then every one would keep the next alive
// until a full collection. Without the guess a call costs half.
require('node:v8').setFlagsFromString('--no-allocation-site-pretenuring');
const fs = require('node:fs');
const net = require('node:net');
const { setImmediate, setTimeout } = require('node:timers');
const stacks = require('./stacks');
const exits = require('./exits');
const output = require('./output');
const { CODES } = require('./errors');
const { Wire } = require('./wire');
const { Outlet } = require('./outlet');
const { WorkerScope } = require('./scope');
const { Steps } = require('./steps');
const { Invoker } = require('./invoke');
const { methods, refuse } = require('./methods');
const { limits } = require('./values');

const PROTOCOL = 1;
const VERSION = '1.0.0';
const [, , input = '0', out = '3'] = process.argv;

let ready = false;
// When nobody reads the wire any more the core is gone.
const outlet = new Outlet(Number(out), () => exits.leave(0));
const wire = new Wire(outlet, request, notification);
const worker = new WorkerScope(wire, 'outside of an invocation');
const steps = new Steps(wire);
const invoker = new Invoker(wire, steps);
const table = methods({ wire, steps, invoker, end: () => outlet.end(() => exits.finish(0)) });

function request(id, method, params, special) {
  if (method === 'initialize') return initialize(id, params);
  if (!ready) return wire.fail(id, CODES.notInitialized, `${method} before initialize was answered`);
  if (!Object.hasOwn(table, method)) return wire.fail(id, CODES.unknownMethod, `there is no method ${method}`);
  try {
    table[method](id, params, special);
  } catch (error) {
    refuse(wire, id, error);
  }
}

function notification(method, { invocation, reason = 'user' }) {
  if (ready && method === 'cancel') invoker.cancel(invocation, reason);
}

function initialize(id, { protocol, project, runDir = '', parentPid = 0, limits: agreed = {} }) {
  if (protocol !== PROTOCOL) {
    const supported = `{"supported":[${PROTOCOL}]}`;
    return wire.fail(id, CODES.version, `this runner speaks protocol ${PROTOCOL}, not ${protocol}`, supported);
  }
  if (ready) return wire.fail(id, CODES.invalid, 'initialize was sent twice');
  if (typeof project !== 'string') return wire.fail(id, CODES.params, 'initialize needs project');
  const cache = require('./cache');
  try {
    agree(agreed, runDir);
    cache.open(runDir);
    steps.open(project);
    require('./bridge').offer(worker);
  } catch (error) {
    return refuse(wire, id, error);
  }
  ready = true;
  const runtime = `node ${process.versions.node}`;
  wire.reply(id, JSON.stringify({ protocol: PROTOCOL, runnerVersion: VERSION, runtime, pid: process.pid }));
  setImmediate(() => require('./lifeline').hold(parentPid, Number(input)));
  setTimeout(cache.prune, 10_000).unref();
}

function agree({ frame, depth, spill, loadMs }, runDir) {
  if (loadMs) steps.patience = loadMs;
  if (frame) wire.frame = frame;
  if (depth) wire.depth = limits.depth = depth;
  if (spill) limits.spill = spill;
  limits.runDir = runDir && fs.existsSync(runDir) ? fs.realpathSync(runDir) : runDir;
}

function listen() {
  // Descriptor 0 is Node's own to open; it may be a file or a terminal when somebody starts a worker by hand.
  const source = input === '0' ? process.stdin : new net.Socket({ fd: Number(input), readable: true, writable: false });
  source.on('data', (chunk) => wire.feed(chunk));
  source.on('end', () => exits.leave(0));
  source.on('error', () => exits.leave(0));
  if (input !== '0') return;
  // Whoever reads standard input in a step must not get the wire.
  let empty;
  const get = () => (empty ??= require('node:stream').Readable.from([]));
  Object.defineProperty(process, 'stdin', { get, configurable: true });
}

stacks.install();
exits.guard(worker);
output.capture(worker);
listen();
