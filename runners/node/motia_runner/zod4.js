'use strict';
/** The nodes of Zod 4 (`zod`, `zod/v4`, `zod/mini`, 4.0 and later) by what their definitions say: `schema._zod.def`. */
const { Copy, REQUIRED, OPTIONAL, UNSURE } = require('./zod');

const FORMATS = { datetime: 'date-time', guid: 'uuid' };
// Formats that say themselves what they look for: the pattern is all there is.
const SHAPED = new Set(['regex', 'starts_with', 'ends_with', 'includes', 'lowercase', 'uppercase']);
const INTEGERS = {
  safeint: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
  int32: [-(2 ** 31), 2 ** 31 - 1],
  uint32: [0, 2 ** 32 - 1],
};

class Walk extends Copy {
  node(schema) {
    const { def } = schema._zod;
    const checks = [...(def.check === undefined ? [] : [def]), ...(def.checks ?? []).map((one) => one._zod.def)];
    if (checks.some(({ check }) => check === 'custom')) this.exact = false;
    const walk = NODES[def.type];
    let found = walk === undefined || def.coerce === true ? null : walk.call(this, def, schema, checks);
    if (found === null) found = this.loose(walk?.call(this, { ...def, coerce: false }, schema, checks)[0] ?? {});
    if (checks.length > 0 && !CHECKED.has(def.type)) this.exact = false;
    // Changed before it is checked further: only its type is certain.
    if (!this.faithful && !CHECKED.has(def.type) && checks.some(({ check }) => check === 'overwrite'))
      found = [found[0].type === undefined ? {} : { type: found[0].type }, found[1]];
    if (typeof def.error === 'function') found = this.spoken(found);
    return this.faithful ? [annotated(found[0], schema), found[1]] : found;
  }
}

const CHECKED = new Set(['string', 'number', 'array']);

const NODES = {
  string(_def, _schema, checks) {
    return [this.string(checks.flatMap(ofString)), REQUIRED];
  },
  number(_def, _schema, checks) {
    return [this.number(checks.flatMap(ofNumber)), REQUIRED];
  },
  boolean: () => [{ type: 'boolean' }, REQUIRED],
  null: () => [{ type: 'null' }, REQUIRED],
  any: () => [{}, UNSURE],
  unknown: () => [{}, UNSURE],
  never: () => [{ not: {} }, REQUIRED],
  date() {
    return this.loose({ type: 'string', format: 'date-time' }, REQUIRED);
  },
  array(def, _schema, checks) {
    return [this.array(this.visit(def.element)[0], checks.flatMap(ofLength)), REQUIRED];
  },
  object(def) {
    const kind = def.catchall?._zod.def.type;
    const rest = kind === undefined || kind === 'unknown' || kind === 'any' ? null : def.catchall;
    return [this.object(def.shape, rest, kind === 'never'), REQUIRED];
  },
  union(def) {
    if (def.inclusive === false && def.discriminator === undefined) this.exact = false;
    return this.union(def.options);
  },
  intersection(def) {
    return this.both(def.left, def.right);
  },
  tuple(def) {
    return [this.tuple(def.items, def.rest ?? null), REQUIRED];
  },
  record(def) {
    // A key called `constructor` is none to some versions.
    this.exact = false;
    return [this.record(def.keyType, def.valueType), REQUIRED];
  },
  enum(def) {
    const names = Object.values(def.entries).filter((one) => typeof one === 'number');
    const entries = Object.entries(def.entries).filter(([key]) => !names.includes(Number(key)));
    return this.values(entries.map(([, value]) => value));
  },
  literal(def) {
    return this.values([...def.values]);
  },
  template_literal(_def, schema) {
    return [this.string([{ kind: 'pattern', pattern: schema._zod.pattern }]), REQUIRED];
  },
  nullable(def) {
    return this.nullable(this.visit(def.innerType));
  },
  optional(def) {
    return [this.visit(def.innerType)[0], OPTIONAL];
  },
  nonoptional(def) {
    this.exact = false;
    const [json, presence] = this.visit(def.innerType);
    return [json, this.faithful ? REQUIRED : Math.max(presence, presence && UNSURE)];
  },
  default(def) {
    return this.withDefault(this.visit(def.innerType), () => def.defaultValue);
  },
  prefault(def) {
    return this.withDefault(this.visit(def.innerType), () => def.defaultValue);
  },
  catch(def) {
    return this.loose(this.visit(def.innerType)[0], OPTIONAL);
  },
  readonly(def) {
    return this.visit(def.innerType);
  },
  promise(def) {
    this.exact = false;
    return this.visit(def.innerType);
  },
  lazy(def, schema) {
    return this.visit(schema._zod.innerType ?? def.getter());
  },
  pipe(def) {
    this.exact = false;
    if (def.in._zod.def.type === 'transform') return this.loose(this.visit(def.out)[0]);
    return this.visit(def.in);
  },
};

function ofString(check) {
  const spoken = typeof check.error === 'function';
  if (check.check === 'overwrite') return [{ kind: 'changes' }];
  if (check.check !== 'string_format') return ofLength(check);
  if (SHAPED.has(check.format))
    return check.pattern instanceof RegExp
      ? [{ kind: 'pattern', pattern: check.pattern, spoken }]
      : [{ kind: 'other' }];
  return [{ kind: 'format', format: FORMATS[check.format] ?? check.format, spoken }];
}

function ofLength(check) {
  const spoken = typeof check.error === 'function';
  if (check.check === 'min_length') return [{ kind: 'min', value: check.minimum, spoken }];
  if (check.check === 'max_length') return [{ kind: 'max', value: check.maximum, spoken }];
  if (check.check === 'length_equals') return [{ kind: 'length', value: check.length, spoken }];
  return [{ kind: 'other' }];
}

function ofNumber(check) {
  const spoken = typeof check.error === 'function';
  if (check.check === 'greater_than') return [{ kind: check.inclusive ? 'gte' : 'gt', value: check.value, spoken }];
  if (check.check === 'less_than') return [{ kind: check.inclusive ? 'lte' : 'lt', value: check.value, spoken }];
  if (check.check === 'multiple_of') return [{ kind: 'multiple', value: check.value, spoken }];
  const range = check.check === 'number_format' ? INTEGERS[check.format] : undefined;
  if (range === undefined) return [{ kind: 'other' }];
  return [
    { kind: 'int', spoken },
    { kind: 'gte', value: range[0], spoken },
    { kind: 'lte', value: range[1], spoken },
  ];
}

/** Title, description and examples, where the author gave some. */
function annotated(json, schema) {
  const told = schema.meta?.() ?? {};
  const made = { ...json };
  for (const key of ['title', 'description', 'examples', 'deprecated'])
    if (told[key] !== undefined) made[key] = told[key];
  return made;
}

module.exports = { Walk };
