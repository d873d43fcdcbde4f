'use strict';
/**
 * What a bare function is, read from its syntax tree: which members of its first parameter it uses, and
 * which topics it asks for. Looks at the first parameter only, never at names in passing.
 */
const { own } = require('./packages');

const REQUEST = ['body', 'query', 'params', 'headers'];
const EVENT = ['topic', 'data'];
const BARE = new Set([...REQUEST, ...EVENT, 'emit', 'state', 'stream']);

/** `{kind, topics, reasons}`. */
function infer(fn) {
  const { members, topics } = look(fn);
  const request = REQUEST.filter((name) => members.has(name));
  const event = EVENT.filter((name) => members.has(name));
  if (request.length > 0) return { kind: 'api', topics: [], reasons: `it uses ${request.join(', ')}` };
  if (event.length > 0) return { kind: 'event', topics: [...topics], reasons: `it uses ${event.join(', ')}` };
  return { kind: 'api', topics: [], reasons: 'it uses neither topic nor data' };
}

/** Whether the first parameter is used as an event of the bare kind rather than as a request or an input. */
function looksBare(fn) {
  const { members } = look(fn);
  return ['emit', 'state', 'stream', 'topic', 'data'].some((name) => members.has(name));
}

function look(fn) {
  const found = { members: new Set(), topics: new Set() };
  const node = parse(fn);
  const parameter = node?.params[0];
  if (parameter === undefined) return found;
  const target = parameter.type === 'AssignmentPattern' ? parameter.left : parameter;
  const scan = new Scan(found);
  if (target.type === 'ObjectPattern') scan.pattern(target);
  else if (target.type === 'Identifier') scan.event = target.name;
  scan.aliases(node.body);
  scan.visit(node.body);
  return found;
}

/** The function's node; a method's text is no expression by itself, hence the second try. */
function parse(fn) {
  const acorn = own('acorn');
  const text = Function.prototype.toString.call(fn);
  for (const [before, after] of [
    ['(', ')'],
    ['({', '})'],
  ]) {
    try {
      const { expression } = acorn.parse(before + text + after, { ecmaVersion: 'latest' }).body[0];
      return expression.type === 'ObjectExpression' ? expression.properties[0].value : expression;
    } catch {
      // The next form.
    }
  }
  return null;
}

class Scan {
  constructor(found) {
    this.found = found;
    this.event = null;
    // Local names of `event.topic`, and of literal maps that may be indexed by it.
    this.topics = new Set();
    this.maps = new Map();
  }

  /** `{ topic: t, body }`: members used, and what `topic` is called here. */
  pattern(pattern) {
    for (const property of pattern.properties) {
      if (property.type !== 'Property' || property.computed) continue;
      const name = property.key.name ?? String(property.key.value);
      this.member(name);
      const local = property.value.type === 'AssignmentPattern' ? property.value.left : property.value;
      if (name === 'topic' && local.type === 'Identifier') this.topics.add(local.name);
    }
  }

  member(name) {
    if (BARE.has(name)) this.found.members.add(name);
  }

  /** First pass: names that stand for the topic, and maps of topics, wherever they are declared. */
  aliases(node) {
    each(node, (one) => {
      if (one.type !== 'VariableDeclarator' || one.init === null) return;
      const { id, init } = one;
      if (id.type === 'ObjectPattern' && this.isEvent(init)) this.pattern(id);
      else if (id.type === 'Identifier' && this.isTopic(init)) this.topics.add(id.name);
      else if (id.type === 'Identifier' && init.type === 'ObjectExpression') this.maps.set(id.name, init);
    });
  }

  visit(node) {
    each(node, (one) => {
      if (one.type === 'MemberExpression') this.access(one);
      else if (one.type === 'BinaryExpression' && ['==', '===', '!=', '!=='].includes(one.operator)) this.compare(one);
      else if (one.type === 'SwitchStatement' && this.isTopic(one.discriminant))
        for (const { test } of one.cases) this.literal(test);
      else if (one.type === 'CallExpression') this.among(one);
    });
  }

  access({ object, property, computed }) {
    if (this.isEvent(object)) this.member(computed ? property.value : property.name);
    if (!computed || !this.isTopic(property)) return;
    const map = object.type === 'ObjectExpression' ? object : this.maps.get(object.name);
    for (const entry of map?.properties ?? [])
      if (entry.type === 'Property' && !entry.computed)
        this.found.topics.add(entry.key.name ?? String(entry.key.value));
  }

  compare({ left, right }) {
    if (this.isTopic(left)) this.literal(right);
    if (this.isTopic(right)) this.literal(left);
  }

  /** `['a', 'b'].includes(event.topic)`. */
  among({ callee, arguments: given }) {
    if (
      callee.type === 'MemberExpression' &&
      callee.property.name === 'includes' &&
      callee.object.type === 'ArrayExpression' &&
      given[0] &&
      this.isTopic(given[0])
    )
      for (const one of callee.object.elements) this.literal(one);
  }

  literal(node) {
    if (node?.type === 'Literal' && typeof node.value === 'string') this.found.topics.add(node.value);
    if (node?.type === 'TemplateLiteral' && node.quasis.length === 1)
      this.found.topics.add(node.quasis[0].value.cooked);
  }

  isEvent(node) {
    return this.event !== null && node.type === 'Identifier' && node.name === this.event;
  }

  isTopic(node) {
    if (node.type === 'ChainExpression') return this.isTopic(node.expression);
    if (node.type === 'Identifier') return this.topics.has(node.name);
    return (
      node.type === 'MemberExpression' &&
      this.isEvent(node.object) &&
      (node.property.name ?? node.property.value) === 'topic'
    );
  }
}

function each(node, tell) {
  if (typeof node?.type !== 'string') return;
  tell(node);
  for (const value of Object.values(node)) {
    if (Array.isArray(value)) for (const one of value) each(one, tell);
    else if (typeof value === 'object') each(value, tell);
  }
}

module.exports = { infer, looksBare };
