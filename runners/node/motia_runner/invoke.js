'use strict';
/**
 * step.run: params → request or input → middleware → handler → outcome → answer. The hot path.
 * What a step is, dialects.js knows; how long a run lives, run.js.
 */
const { setTimeout } = require('node:timers');
const { CODES, MotiaError } = require('./errors');
const { storage } = require('./scope');
const { Run } = require('./run');
const { Context } = require('./context');
const { Request, replacement } = require('./request');
const { toResponse } = require('./response');
const { failure } = require('./failures');
const { encode, decode } = require('./values');
const { Chain } = require('./pending');
const { check } = require('./checks');

class Invoker {
  /** `steps.known(file, member, snapshot)` finds a loaded step or null, `steps.runnable(…)` loads it. */
  constructor(wire, steps) {
    this.wire = wire;
    this.steps = steps;
    this.runs = new Chain();
    this.loading = new Map();
    this.drained = null;
    this.draining = null;
  }

  start(id, params, special) {
    const { invocation, snapshot, file, member, traceId } = params;
    if (
      typeof invocation !== 'string' ||
      typeof file !== 'string' ||
      typeof member !== 'string' ||
      typeof traceId !== 'string'
    )
      return this.wire.fail(id, CODES.params, 'step.run needs invocation, file, member and traceId');
    if (this.drained !== null) return this.wire.fail(id, CODES.draining, 'the worker is shutting down');
    const step = this.steps.known(file, member, snapshot);
    if (step !== null) return this.begin(id, params, special, step);
    this.loading.set(invocation, null);
    this.steps.runnable(file, member, snapshot).then(
      (found) => {
        const reason = this.loading.get(invocation);
        this.loading.delete(invocation);
        if (reason === null) this.begin(id, params, special, found);
        else this.ended(id, () => this.cancelled(id, reason));
      },
      (error) => {
        this.loading.delete(invocation);
        this.ended(id, () => this.wire.fail(id, CODES.unavailable, error.message, encode(error, 'data', 'log')));
      },
    );
  }

  begin(id, params, special, step) {
    const run = new Run(this.wire, params, step, (ended) =>
      this.ended(id, () => this.answer(id, ended, params.trigger)),
    );
    this.runs.add(run);
    let result;
    try {
      result = storage.run(run, perform, run, params, special);
    } catch (error) {
      return run.fail(error);
    }
    if (typeof result?.then === 'function')
      result.then(
        (value) => this.finish(run, params, value),
        (error) => run.fail(error),
      );
    else this.finish(run, params, result);
  }

  finish(run, params, value) {
    if (params.trigger !== 'api' || run.settled) return run.succeed(value);
    let response;
    try {
      response = toResponse(value, run.step.dialect, (text) => run.log('warn', text));
    } catch (error) {
      return run.fail(new NotCarried(error));
    }
    if (response.chunks === undefined) return run.succeed(response);
    const { send } = require('./chunks');
    storage.run(run, send, run, response).then(
      () => run.succeed(response),
      (error) => run.fail(error),
    );
  }

  answer(id, run, trigger) {
    this.runs.remove(run);
    if (run.cancelled !== null) this.cancelled(id, run.cancelled);
    else if (run.failure !== null) this.failed(id, run.failure);
    else if (trigger === 'api') {
      const { status, headers, kind, body } = run.value;
      this.wire.reply(id, `{"response":{"status":${status},"headers":${headers},"kind":"${kind}","body":${body}}}`);
    } else this.value(id, run);
  }

  /** Nobody waits for what an event or cron handler returns, and an arrow function returns it by accident. */
  value(id, run) {
    let text = 'null';
    try {
      text = encode(run.value, 'result');
    } catch (error) {
      run.log('debug', `the handler's result is left out: ${error.message}`);
    }
    this.wire.reply(id, `{"value":${text}}`);
  }

  failed(id, error) {
    if (error instanceof NotCarried && error.cause instanceof MotiaError)
      return this.wire.fail(id, error.cause.code, error.cause.message);
    const { code, message, data } = failure(error instanceof NotCarried ? error.cause : error);
    this.wire.fail(id, code, message, data);
  }

  cancelled(id, reason) {
    this.wire.fail(id, CODES.cancelled, `the invocation was cancelled (${reason})`);
  }

  cancel(invocation, reason) {
    if (this.loading.has(invocation)) this.loading.set(invocation, reason);
    else this.runs.find((run) => run.id === invocation)?.cancel(reason);
  }

  ended(id, answer) {
    try {
      answer();
    } catch (error) {
      // Nobody but us can have failed here, and whoever waits for the answer must get one.
      this.wire.fail(id, CODES.internal, `the runner could not answer: ${error.message}`);
    }
    if (this.drained !== null && this.runs.size + this.loading.size === 0) this.drained();
  }

  /** Resolves when nothing runs any more, or after `ms`. */
  drain(ms) {
    this.draining ??= new Promise((resolve) => {
      this.drained = resolve;
      if (this.runs.size + this.loading.size === 0) resolve();
      else setTimeout(resolve, ms);
    });
    return this.draining;
  }
}

/** An input or a result cannot cross the wire; `cause` says why. No fault of the handler's code, so not 1001. */
class NotCarried extends Error {
  constructor(cause) {
    super(cause.message, { cause });
  }
}

function perform(run, params, special) {
  const { step } = run;
  const verdict = params.issues ?? null;
  const input = params.trigger === 'api' ? carried(() => new Request(params.input, special)) : value(params, special);
  const context = new Context(run);
  const checked = verdict !== null || step.checks.length > 0;
  if (params.trigger === 'api' && step.middleware.length > 0)
    return around(step.middleware, 0, input, context, (request) =>
      checked ? check(run, params, verdict, request, context) : step.handle(request, context, run, params.trigger),
    );
  return checked ? check(run, params, verdict, input, context) : step.handle(input, context, run, params.trigger);
}

function value(params, special) {
  if (params.trigger === 'cron') return undefined;
  return special ? carried(() => decode(params.input)) : params.input;
}

function carried(read) {
  try {
    return read();
  } catch (error) {
    throw error instanceof MotiaError ? new NotCarried(error) : error;
  }
}

/**
 * `next()` always gives a promise, so that an error further in can be caught either way. What it is given takes the
 * request's place from there on. Called again, it runs the rest again.
 */
function around(middleware, index, request, context, last) {
  if (index === middleware.length) return last(request);
  return middleware[index](request, context, async (replaced) =>
    around(middleware, index + 1, replacement(replaced, request), context, last),
  );
}

module.exports = { Invoker };
