'use strict';
/**
 * Which value a name or an expression may stand for, read from a syntax tree alone: scopes, shadowing, destructuring,
 * aliases, assignments, and arguments handed to functions of the same text. Decides nothing about steps; runs nothing.
 *
 * A value is `{path}` (a member of the subject, [] being the subject itself), `{text}`, `{node, scope}` (a literal, a
 * function, a call) or null: anything. A name that was assigned more than once has several.
 */
const NOWHERE = Object.freeze([null]);
/** In a path: some element of a list. */
const EACH = Symbol('each');
const BLOCK = /^(BlockStatement|For\w*Statement|SwitchStatement|CatchClause)$/;
// Expressions looked at for one function: text that has more ways to be read than this is not worth the time.
const ENOUGH = 200_000;
const DEEPEST = 500;

class Scope {
  constructor(outer, holdsVars) {
    this.outer = outer;
    this.home = holdsVars ? this : outer.home;
    this.names = new Map();
  }

  /** What is known of `name` here, or undefined. */
  find(name) {
    for (let scope = this; scope !== null; scope = scope.outer) {
      const known = scope.names.get(name);
      if (known !== undefined) return known;
    }
    return undefined;
  }

  declare(name) {
    if (!this.names.has(name)) this.names.set(name, []);
    return this.names.get(name);
  }
}

class Names {
  /** `root`: what was parsed. `subject`: the function whose first parameter is the subject. */
  constructor(root, subject) {
    // Node → the scope it stands in; function → the scope inside.
    this.scopes = new Map();
    this.insides = new Map();
    // What patterns take, as sources.
    this.taken = [];
    this.foreign = false;
    this.busy = new Set();
    this.left = ENOUGH;
    this.depth = 0;
    const later = [];
    this.enter(root, new Scope(null, true), later);
    for (const [pattern, source, scope] of later) this.bind(pattern, source, scope);
    if (subject.params.length > 0) this.bind(subject.params[0], { path: [] }, this.insides.get(subject));
    for (const [node, scope] of this.scopes) if (node.type === 'CallExpression') this.hand(node, scope);
  }

  // ------------------------------------------------------------------------- scopes

  enter(node, scope, later) {
    let inner = scope;
    if (isFunction(node)) inner = this.opened(node, scope);
    else if (BLOCK.test(node.type)) inner = new Scope(scope, false);
    this.scopes.set(node, scope);
    this.note(node, inner, scope, later);
    for (const child of children(node)) this.enter(child, inner, later);
  }

  opened(node, scope) {
    const inner = new Scope(scope, true);
    this.insides.set(node, inner);
    if (node.id && node.type === 'FunctionExpression') inner.declare(node.id.name).push({ node, scope });
    for (const parameter of node.params) this.declare(parameter, inner);
    return inner;
  }

  /** What `node` declares or assigns; values are bound once every name is known. */
  note(node, scope, outer, later) {
    if (node.type === 'VariableDeclaration')
      for (const { id, init } of node.declarations) {
        this.declare(id, node.kind === 'var' ? scope.home : scope);
        if (init) later.push([id, { node: init, scope }, scope]);
      }
    else if (node.type === 'ForOfStatement' && node.left.type === 'VariableDeclaration')
      later.push([node.left.declarations[0].id, { node: node.right, scope, path: [EACH] }, scope]);
    else if (node.type === 'FunctionDeclaration') outer.declare(node.id.name).push({ node, scope: outer });
    else if (node.type === 'ClassDeclaration') outer.declare(node.id.name);
    else if (node.type === 'CatchClause' && node.param) this.declare(node.param, scope);
    else if (node.type === 'AssignmentExpression' && ['=', '??=', '||='].includes(node.operator))
      later.push([node.left, { node: node.right, scope }, scope]);
  }

  declare(pattern, scope) {
    for (const name of named(pattern)) scope.declare(name);
  }

  /** `source` is a value, or `{node, scope, path?}` to be looked at when somebody asks. */
  bind(pattern, source, scope) {
    if (pattern.type === 'Identifier') scope.find(pattern.name)?.push(source);
    else if (pattern.type === 'AssignmentPattern') {
      this.bind(pattern.left, source, scope);
      this.bind(pattern.left, { node: pattern.right, scope }, scope);
    } else if (pattern.type === 'RestElement') this.bind(pattern.argument, source, scope);
    else if (pattern.type === 'ObjectPattern')
      for (const property of pattern.properties) {
        if (property.type === 'RestElement') this.bind(property.argument, source, scope);
        else {
          const part = deeper(source, this.key(property, scope));
          this.taken.push(part);
          this.bind(property.value, part, scope);
        }
      }
    else if (pattern.type === 'ArrayPattern')
      for (const element of pattern.elements) if (element) this.bind(element, deeper(source, EACH), scope);
  }

  /** The parameters of a function of this text get what it is called with. */
  hand({ callee, arguments: given }, scope) {
    for (const { node } of this.functions(callee, scope))
      node.params.forEach((parameter, index) => {
        if (given[index]) this.bind(parameter, { node: given[index], scope }, this.insides.get(node));
      });
  }

  /** The functions of this text that `callee` may be. */
  functions(callee, scope) {
    return this.values(callee, scope).filter((value) => value?.node !== undefined && isFunction(value.node));
  }

  // ------------------------------------------------------------------------- values

  /** Every value `node` may have. */
  values(node, scope) {
    if (--this.left < 0 || this.depth === DEEPEST) return NOWHERE;
    this.depth++;
    const found = this.looked(node, scope);
    this.depth--;
    return found;
  }

  looked(node, scope) {
    const more = (one) => this.values(one, scope);
    switch (node.type) {
      case 'Identifier':
        return this.named(node.name, scope);
      case 'Literal':
        return [typeof node.value === 'string' ? { text: node.value } : null];
      case 'TemplateLiteral':
        return [node.expressions.length === 0 ? { text: node.quasis[0].value.cooked } : null];
      case 'MemberExpression':
        return this.members(more(node.object), this.key(node, scope));
      case 'ChainExpression':
        return more(node.expression);
      case 'AwaitExpression':
      case 'SpreadElement':
        return more(node.argument);
      case 'LogicalExpression':
        return [...more(node.left), ...more(node.right)];
      case 'ConditionalExpression':
        return [...more(node.consequent), ...more(node.alternate)];
      case 'AssignmentExpression':
        return more(node.right);
      case 'SequenceExpression':
        return more(node.expressions.at(-1));
      case 'CallExpression':
        return this.called(node, scope, more);
      case 'ObjectExpression':
      case 'ArrayExpression':
      case 'NewExpression':
      case 'FunctionExpression':
      case 'FunctionDeclaration':
      case 'ArrowFunctionExpression':
        return [{ node, scope }];
      default:
        return NOWHERE;
    }
  }

  named(name, scope) {
    const known = scope.find(name);
    if (known === undefined) this.foreign = true;
    if (known === undefined || known.length === 0) return NOWHERE;
    return known.flatMap((one) => this.of(one));
  }

  /** The values of what was bound to a name. */
  of(source) {
    if (source.node === undefined) return [source];
    // `x = x ?? y`: what x was is among its values already.
    if (this.busy.has(source)) return [];
    this.busy.add(source);
    const found = this.values(source.node, source.scope);
    this.busy.delete(source);
    return (source.path ?? []).reduce((values, key) => this.members(values, key), found);
  }

  /** Whether `node` uses a name that this text does not declare. */
  isForeign(node, scope) {
    this.foreign = false;
    this.values(node, scope);
    return this.foreign;
  }

  /** Calls that give back what they are given. */
  called(node, scope, more) {
    const { callee, arguments: given } = node;
    const name = callee.type === 'MemberExpression' && callee.object.name === 'Object' ? callee.property.name : null;
    if (given[0] && (callee.name === '__name' || name === 'freeze')) return more(given[0]);
    return name === 'keys' ? [{ node, scope }] : NOWHERE;
  }

  members(values, key) {
    return values.flatMap((value) => {
      if (value?.path !== undefined) return [{ path: [...value.path, key] }];
      if (value?.node?.type === 'ArrayExpression' && typeof key !== 'string')
        return value.node.elements.flatMap((one) => (one === null ? [] : this.values(one, value.scope)));
      return value?.node?.type === 'ObjectExpression' ? this.property(value, key) : NOWHERE;
    });
  }

  /** With a key that only running would tell: whatever the object holds. */
  property({ node, scope }, key) {
    // `options = { ...options }`: the same again.
    if (this.busy.has(node)) return [];
    this.busy.add(node);
    const found = this.held(node, scope, key);
    this.busy.delete(node);
    return found;
  }

  held(node, scope, key) {
    const found = [];
    for (const one of node.properties) {
      if (one.type === 'SpreadElement') found.push(...this.members(this.values(one.argument, scope), key));
      else if (typeof key !== 'string') found.push(...this.values(one.value, scope));
      else if (this.key(one, scope) === key) return this.values(one.value, scope);
    }
    return found;
  }

  /** The name of a member, of a property or in a pattern; null when only running would tell. */
  key(node, scope) {
    const key = node.property ?? node.key;
    if (!node.computed) return key.name ?? String(key.value);
    const [only, ...more] = this.values(key, scope);
    return more.length === 0 ? (only?.text ?? null) : null;
  }
}

function deeper(source, key) {
  return { ...source, path: [...(source.path ?? []), key] };
}

function named(pattern) {
  if (pattern === null) return [];
  if (pattern.type === 'Identifier') return [pattern.name];
  if (pattern.type === 'AssignmentPattern') return named(pattern.left);
  if (pattern.type === 'RestElement') return named(pattern.argument);
  if (pattern.type === 'ArrayPattern') return pattern.elements.flatMap(named);
  if (pattern.type !== 'ObjectPattern') return [];
  return pattern.properties.flatMap((one) => named(one.type === 'RestElement' ? one : one.value));
}

function isFunction(node) {
  return /^(Function|ArrowFunction)/.test(node.type);
}

function* children(node) {
  for (const value of Object.values(node)) {
    if (Array.isArray(value)) {
      for (const one of value) if (typeof one?.type === 'string') yield one;
    } else if (typeof value?.type === 'string') yield value;
  }
}

module.exports = { Names, isFunction, children };
