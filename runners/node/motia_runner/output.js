'use strict';
/**
 * What user code prints: `console.*` and the write methods of process.stdout and process.stderr become log lines of
 * whoever runs. Never touches descriptors: the shell has pointed 1 at stderr before Node began, so writes to a
 * descriptor and child processes end on stderr.
 */
const { storage } = require('./scope');

const LINE_LIMIT = 64 * 1024;

/** Replaces the streams' `write`. `worker` is the scope for output that belongs to nobody. */
function capture(worker) {
  let level = null;
  for (const name of ['stdout', 'stderr']) {
    const usual = name === 'stdout' ? 'info' : 'error';
    process[name].write = (chunk, encoding, done) => {
      const scope = storage.getStore() ?? worker;
      const text = typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8');
      print(scope, name, level ?? usual, text);
      const callback = typeof encoding === 'function' ? encoding : done;
      if (typeof callback === 'function') process.nextTick(callback);
      return true;
    };
  }
  for (const [method, meant] of [
    ['warn', 'warn'],
    ['debug', 'debug'],
  ]) {
    const original = console[method];
    console[method] = (...words) => {
      level = meant;
      try {
        original.apply(console, words);
      } finally {
        level = null;
      }
    };
  }
}

/** One log line per write that ends a line, so that a printed object stays together; pieces wait for their end. */
function print(scope, name, level, text) {
  const waiting = scope.printed[name] + text;
  if (!waiting.endsWith('\n') && waiting.length < LINE_LIMIT) {
    scope.printed[name] = waiting;
    return;
  }
  scope.printed[name] = '';
  scope.log(level, waiting.endsWith('\n') ? waiting.slice(0, -1) : waiting, undefined, name);
}

/** Logs what was printed without a newline; called before an invocation is answered. */
function flush(scope) {
  if (scope.printed.stdout) print(scope, 'stdout', 'info', '\n');
  if (scope.printed.stderr) print(scope, 'stderr', 'error', '\n');
}

module.exports = { capture, flush };
