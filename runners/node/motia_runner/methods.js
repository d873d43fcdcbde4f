'use strict';
/** The table of the core's methods: checks params, calls who knows, answers. Decides nothing itself. */
const { CODES, MotiaError } = require('./errors');
const { encode } = require('./values');
const { failure } = require('./failures');
const { Configs } = require('./configs');

/** Method → `(id, params, special)`. `end()` is called when a shutdown is due. */
function methods({ wire, steps, invoker, end }) {
  const configs = new Configs(steps);

  function answer(id, work, result) {
    work.then((value) => wire.reply(id, result(value))).catch((error) => refuse(wire, id, error));
  }

  return {
    ping: (id) => wire.reply(id, '{}'),
    'step.run': (id, params, special) => invoker.start(id, params, special),
    'step.describe': (id, { snapshot = 0, files, changed = [], held = [] }) =>
      answer(
        id,
        steps.describe({ snapshot, files: list(files, 'files'), changed: list(changed, 'changed'), held }),
        (reports) => `{"files":[${reports}]}`,
      ),
    'config.load': (id, { file }) => answer(id, configs.load(text(file, 'file')), (loaded) => encode(loaded, 'result')),
    'stream.authenticate': (id, { file, function: name = 'streamAuth.authenticate', request = {} }) =>
      answer(id, configs.authenticate(text(file, 'file'), text(name, 'function'), request), (context) =>
        encode({ context }, 'result'),
      ),
    'stream.canAccess': (id, { file, member = '', snapshot = 0, subscription, auth }) =>
      answer(
        id,
        configs.canAccess(text(file, 'file'), text(member, 'member'), snapshot, subscription, auth),
        (allowed) => `{"allowed":${allowed}}`,
      ),
    shutdown: (id, { graceMs = 0 }) =>
      invoker.drain(graceMs).then(() => {
        wire.reply(id, '{}');
        end();
      }),
  };
}

function refuse(wire, id, error) {
  if (error instanceof MotiaError) return wire.fail(id, error.code, error.message);
  const { code, message, data } = failure(error);
  wire.fail(id, code, message, data);
}

function text(value, name) {
  if (typeof value !== 'string') throw new MotiaError(CODES.params, `${name} must be a text`);
  return value;
}

function list(value, name) {
  if (!Array.isArray(value) || !value.every((one) => typeof one === 'string'))
    throw new MotiaError(CODES.params, `${name} must be a list of texts`);
  return value;
}

module.exports = { methods, refuse };
