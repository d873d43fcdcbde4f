'use strict';
/**
 * What a bare function is, read from its syntax tree: which members of its first parameter it uses, and which topics it
 * asks for. Looks at the first parameter only, never at names in passing. Whom a name stands for is names.js's.
 */
const { own } = require('./packages');
const { Names, isFunction, children } = require('./names');

const REQUEST = ['body', 'query', 'params', 'headers'];
const EVENT = ['topic', 'data'];
const BARE = ['emit', 'state', 'stream', ...EVENT];
const EQUAL = new Set(['==', '===', '!=', '!==']);
const LISTED = new Set(['includes', 'indexOf', 'lastIndexOf', 'has', 'get', 'hasOwnProperty']);
const PATTERN = new Set(['test', 'exec']);
const SCRIPT = { ecmaVersion: 'latest', allowReturnOutsideFunction: true, allowHashBang: true };
// A method's text is no expression by itself.
const FORMS = [
  ['(', ')'],
  ['({', '})'],
];

/**
 * `{kind, topics, reason}`; no topics = all of them. `moduleText()` gives the code of the file as it runs, or null: asked
 * only when the function compares the topic with something that is declared outside.
 */
function infer(fn, moduleText = () => null) {
  const { members, topics, open, readable = true } = look(fn, moduleText);
  if (!readable) return { kind: 'api', topics: [], reason: 'its text cannot be read' };
  const request = REQUEST.filter((name) => members.has(name));
  const event = EVENT.filter((name) => members.has(name));
  if (request.length > 0) return { kind: 'api', topics: [], reason: `it uses ${request.join(', ')}` };
  if (event.length > 0)
    return { kind: 'event', topics: open ? [] : [...topics], reason: `it uses ${event.join(', ')}` };
  return { kind: 'api', topics: [], reason: 'it uses neither topic nor data' };
}

/** Whether the first parameter is used as an event of the bare kind rather than as a request or an input. */
function looksBare(fn) {
  const { members } = look(fn, () => null);
  return BARE.some((name) => members.has(name));
}

function look(fn, moduleText) {
  const text = Function.prototype.toString.call(fn);
  const alone = parse(text);
  if (alone === null) return { members: new Set(), topics: new Set(), open: true, readable: false };
  const found = new Scan(alone, alone).run();
  const whole = found.foreign ? within(moduleText(), text) : null;
  return whole === null ? found : new Scan(whole.root, whole.node).run();
}

/** The function's node, or null: functions made by `bind` have no text. */
function parse(text) {
  for (const [before, after] of FORMS) {
    const root = parsed(before + text + after);
    const expression = root?.body[0].expression;
    const node = expression?.type === 'ObjectExpression' ? expression.properties[0]?.value : expression;
    if (node != null && isFunction(node)) return node;
  }
  return null;
}

/** The same function in the text of its file: `{root, node}` or null. */
function within(code, text) {
  const start = code?.indexOf(text) ?? -1;
  const root = start < 0 ? null : parsed(code);
  if (root === null) return null;
  let found = null;
  const visit = (node) => {
    if (node.start > start || node.end < start + text.length) return;
    const inside = isFunction(node) ? node : node.value;
    if (node.start === start && node.end === start + text.length && isFunction(inside ?? node)) found = inside;
    for (const child of children(node)) visit(child);
  };
  visit(root);
  return found && { root, node: found };
}

function parsed(code) {
  const acorn = own('acorn');
  try {
    return acorn.parse(code, { ...SCRIPT, checkPrivateFields: false });
  } catch {
    return null;
  }
}

class Scan {
  constructor(root, node) {
    this.names = new Names(root, node);
    this.members = new Set();
    this.topics = new Set();
    // Whether it may ask for topics that cannot be read here, and whether a name from outside is the reason.
    this.open = false;
    this.foreign = false;
    this.leaving = new Set();
    this.tallies = new Set();
  }

  run() {
    for (const source of this.names.taken) this.used(this.names.of(source));
    for (const [node, scope] of this.names.scopes)
      if (node.type === 'AssignmentExpression') this.tally(node.left, scope);
      else if (node.type === 'UpdateExpression') this.tally(node.argument, scope);
    // Outer nodes come first. Other functions of the file do no harm: the subject never reaches them.
    for (const [node, scope] of this.names.scopes) this[node.type]?.(node, scope);
    return this;
  }

  used(values) {
    for (const value of values) if (value?.path?.length > 0) this.members.add(value.path[0]);
  }

  // ------------------------------------------------------------------------- node by node

  MemberExpression(node, scope) {
    this.used(this.names.values(node, scope));
    if (node.computed && this.are(isTopic, node.property, scope) && !this.tallies.has(scope.find(node.object.name) ?? node.object.name))
      this.listed(node.object, scope);
  }

  /** `counts[event.topic] = …`: what is written under the topic is no table of topics. */
  tally({ object, property, computed }, scope) {
    if (computed && object.type === 'Identifier' && this.are(isTopic, property, scope))
      this.tallies.add(scope.find(object.name) ?? object.name);
  }

  /** `if (event.topic === 'a') return;` asks for every other topic. */
  IfStatement({ test, consequent, alternate }) {
    const body = consequent.type === 'BlockStatement' && consequent.body.length === 1 ? consequent.body[0] : consequent;
    if (alternate === null && body.type === 'ReturnStatement' && body.argument === null)
      for (const one of alternatives(test)) this.leaving.add(one);
  }

  BinaryExpression(node, scope) {
    const { left, right, operator } = node;
    const sides = [
      [left, right],
      [right, left],
    ];
    if (operator === 'in' && this.are(isTopic, left, scope)) this.listed(right, scope);
    else if (EQUAL.has(operator))
      for (const [one, other] of sides)
        if (this.are(isTopic, one, scope)) {
          if (this.leaving.has(node) && !operator.startsWith('!')) this.open = true;
          else this.literal(other, scope);
        }
  }

  SwitchStatement({ discriminant, cases }, scope) {
    if (this.are(isTopic, discriminant, scope)) for (const { test } of cases) if (test) this.literal(test, scope);
  }

  CallExpression(node, scope) {
    const { callee, arguments: given } = node;
    const about = given.findIndex((one) => this.are(isTopic, one, scope));
    if (callee.type === 'Identifier') {
      const handed = about >= 0 || given.some((one) => this.are(isSubject, one, scope));
      if (handed && scope.find(callee.name) === undefined) this.foreign = true;
    } else if (callee.type === 'MemberExpression') {
      const { name } = callee.property;
      if (this.are(isTopic, callee.object, scope) || (about === 0 && PATTERN.has(name))) this.open = true;
      else if (about === 0 && LISTED.has(name)) {
        if (this.leaving.has(node)) this.open = true;
        else this.listed(callee.object, scope);
      } else if (about === 1 && name === 'hasOwn') this.listed(given[0], scope);
    }
  }

  // ------------------------------------------------------------------------- topics

  literal(node, scope) {
    if ((node.type === 'Literal' && typeof node.value !== 'string') || node.name === 'undefined') return;
    for (const value of this.names.values(node, scope)) {
      if (value?.text !== undefined) this.topics.add(value.text);
      else if (value?.node === undefined) this.missed(node, scope);
    }
  }

  /** The elements of a list or set, the keys of an object or map. */
  listed(node, scope) {
    for (const value of this.names.values(node, scope))
      if (value?.node !== undefined) this.entries(value.node, value.scope);
      else if (value?.text === undefined) this.missed(node, scope);
  }

  entries(node, scope) {
    if (node.type === 'ObjectExpression')
      for (const one of node.properties) {
        if (one.type === 'SpreadElement') this.listed(one.argument, scope);
        else if (!one.computed) this.topics.add(one.key.name ?? String(one.key.value));
        else this.literal(one.key, scope);
      }
    else if (node.type === 'ArrayExpression')
      for (const one of node.elements) {
        if (one?.type === 'SpreadElement') this.listed(one.argument, scope);
        else if (one?.type === 'ArrayExpression' && one.elements[0]) this.literal(one.elements[0], scope);
        else if (one) this.literal(one, scope);
      }
    // `new Set([…])`, `new Map([[…]])`, `Object.keys(…)`.
    else if (node.arguments?.length > 0) this.listed(node.arguments[0], scope);
  }

  /** Something stands here that only running would tell. */
  missed(node, scope) {
    this.open = true;
    this.foreign ||= this.names.isForeign(node, scope);
  }

  are(what, node, scope) {
    return this.names.values(node, scope).some(what);
  }
}

function isSubject(value) {
  return value?.path?.length === 0;
}

function isTopic(value) {
  return value?.path?.length === 1 && value.path[0] === 'topic';
}

/** The operands of `a || b || c`. */
function alternatives(test) {
  return test.type === 'LogicalExpression' && test.operator === '||'
    ? [...alternatives(test.left), ...alternatives(test.right)]
    : [test];
}

module.exports = { infer, looksBare };
