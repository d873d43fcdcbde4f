'use strict';
/**
 * Dialect (c): a bare default function, or `{schedule, handler}`, becomes a step. What no config says is read from the
 * code (inference.js) and told as such. What the handler is called with is event.js's.
 */
const path = require('node:path');
const { Step } = require('./step');
const { infer } = require('./inference');
const { called } = require('./event');
const { FileProblem } = require('./errors');
const loader = require('./loader');
const transform = require('./transform');

const ROOT = /^(?:motia\/steps|steps|src)\//;
const ENDING = /(?:[._]step)?\.[a-z]+$/;

// Keys of a partial config that say by themselves what the step is.
const TELLING = {
  api: ['path', 'method', 'routes', 'bodySchema', 'responseSchema', 'queryParams', 'middleware'],
  event: ['subscribes', 'input', 'allTopics'],
  cron: ['cron', 'schedule'],
};

/** `given`: the partial config beside the function; what it leaves out is read from the code. */
function fromFunction(handler, given, file) {
  const text = Function.prototype.toString.call(handler);
  if (/^class\b/.test(text))
    throw new FileProblem('no_handler', 'the default export is a class', {
      hint: 'export a function, e.g. `export default (event) => new It().handle(event)`',
    });
  const name = place(file);
  const read = infer(handler, () => codeOf(file));
  const telling = Object.keys(TELLING).find((kind) => TELLING[kind].some((key) => given[key] !== undefined));
  const kind = given.type ?? telling ?? read.kind;
  const inferred = [];
  if (given.type === undefined) inferred.push(`type ${kind}: ${telling ? 'its config says so' : read.reason}`);
  const config = { type: kind, name, ...inferredKeys(kind, name, read.topics, given, inferred), ...given };
  if (kind === 'cron') scheduled(config);
  return new Step({ dialect: 'c', kind, member: '', config, file, handler, handle: called(handler), inferred });
}

function inferredKeys(kind, name, topics, given, inferred) {
  if (kind === 'api' && given.routes === undefined) {
    const keys = { method: '*', path: `/${name}` };
    if (given.path === undefined) inferred.push(`route ${given.method ?? keys.method} ${keys.path}`);
    return keys;
  }
  if (kind !== 'event' || given.subscribes !== undefined || given.allTopics !== undefined) return {};
  inferred.push(`topics ${topics.length > 0 ? topics.join(', ') : 'all'}`);
  return topics.length > 0 ? { subscribes: topics } : { allTopics: true };
}

/** The code of the file as it runs, or null: what is at its top level may say which topics a function asks for. */
function codeOf(file) {
  try {
    const whole = path.join(loader.project(), file);
    return transform.transform(whole, transform.read(whole)).code;
  } catch {
    return null;
  }
}

function fromSchedule(exported, given, file) {
  const { schedule, handler, ...rest } = exported;
  const config = scheduled({ type: 'cron', name: place(file), schedule, ...rest, ...given });
  return new Step({
    dialect: 'c',
    kind: 'cron',
    member: '',
    config,
    file,
    handler,
    handle: called(handler.bind(exported)),
    inferred: ['type cron: it has a schedule'],
  });
}

/** `schedule` is this dialect's word for `cron`. */
function scheduled(config) {
  config.cron ??= config.schedule;
  delete config.schedule;
  return config;
}

/** Folders below the root and the stem: name and route at once. */
function place(file) {
  const below = file.replace(ROOT, '').replace(ENDING, '');
  return below.split(path.sep).join('/');
}

module.exports = { fromFunction, fromSchedule };
