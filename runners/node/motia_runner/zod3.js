'use strict';
/** The nodes of Zod 3 by what their definitions say: `schema._def`. */
const { Copy, REQUIRED, OPTIONAL, UNSURE } = require('./zod');

const FORMATS = { datetime: 'date-time', url: 'url' };
const CHANGES = new Set(['trim', 'toLowerCase', 'toUpperCase']);

class Walk extends Copy {
  node(schema) {
    const def = schema._def;
    const walk = NODES[def.typeName];
    let found = walk === undefined || def.coerce === true ? null : walk.call(this, def);
    if (found === null) found = this.loose(walk?.call(this, def)[0] ?? {});
    if (speaks(def.errorMap)) found = this.spoken(found);
    if (!this.faithful || def.description === undefined) return found;
    return [{ ...found[0], description: def.description }, found[1]];
  }
}

const NODES = {
  ZodString(def) {
    return [this.string((def.checks ?? []).map(ofString)), REQUIRED];
  },
  ZodNumber(def) {
    return [this.number((def.checks ?? []).map(ofNumber)), REQUIRED];
  },
  ZodBoolean: () => [{ type: 'boolean' }, REQUIRED],
  ZodNull: () => [{ type: 'null' }, REQUIRED],
  ZodAny: () => [{}, OPTIONAL],
  ZodUnknown: () => [{}, OPTIONAL],
  ZodNever: () => [{ not: {} }, REQUIRED],
  ZodDate() {
    return this.loose({ type: 'string', format: 'date-time' }, REQUIRED);
  },
  ZodArray(def) {
    const checks = ['minLength', 'maxLength', 'exactLength'].flatMap((key, index) => {
      if (def[key] == null) return [];
      return [{ kind: ['min', 'max', 'length'][index], value: def[key].value, spoken: def[key].message !== undefined }];
    });
    return [this.array(this.visit(def.type)[0], checks), REQUIRED];
  },
  ZodObject(def) {
    const bare = def.catchall === undefined || def.catchall._def.typeName === 'ZodNever';
    const never = bare && def.unknownKeys === 'strict';
    return [this.object(def.shape(), bare ? null : def.catchall, never), REQUIRED];
  },
  ZodUnion(def) {
    return this.union(def.options);
  },
  ZodDiscriminatedUnion(def) {
    return this.union([...(def.options instanceof Map ? def.options.values() : def.options)]);
  },
  ZodIntersection(def) {
    return this.both(def.left, def.right);
  },
  ZodTuple(def) {
    return [this.tuple(def.items, def.rest ?? null), REQUIRED];
  },
  ZodRecord(def) {
    return [this.record(def.keyType, def.valueType), REQUIRED];
  },
  ZodEnum(def) {
    return this.values(def.values);
  },
  ZodNativeEnum(def) {
    const entries = Object.entries(def.values).filter(([key]) => typeof def.values[def.values[key]] !== 'number');
    return this.values(entries.map(([, value]) => value));
  },
  ZodLiteral(def) {
    return this.values([def.value]);
  },
  ZodOptional(def) {
    return [this.visit(def.innerType)[0], OPTIONAL];
  },
  ZodNullable(def) {
    return this.nullable(this.visit(def.innerType));
  },
  ZodDefault(def) {
    return this.withDefault(this.visit(def.innerType), def.defaultValue);
  },
  ZodCatch(def) {
    return this.loose(this.visit(def.innerType)[0], OPTIONAL);
  },
  ZodReadonly(def) {
    return this.visit(def.innerType);
  },
  ZodBranded(def) {
    return this.visit(def.type);
  },
  ZodPromise(def) {
    return this.loose(this.visit(def.type)[0]);
  },
  ZodLazy(def) {
    return this.visit(def.getter());
  },
  ZodPipeline(def) {
    this.exact = false;
    return this.visit(def.in);
  },
  ZodEffects(def) {
    this.exact = false;
    const found = this.visit(def.schema);
    if (def.effect.type === 'preprocess') return this.loose(found[0]);
    // A refinement says nothing of what is missing, but a transform may hold an optional inside.
    return [found[0], found[1] === OPTIONAL ? OPTIONAL : found[1] === REQUIRED ? REQUIRED : UNSURE];
  },
};

/** Whether an error map has words of the author's: the library makes silent ones for every wrapper. */
function speaks(map) {
  if (typeof map !== 'function') return false;
  try {
    return ['invalid_type', 'invalid_enum_value', 'too_small', 'unrecognized_keys'].some((code) =>
      [undefined, 0].some(
        (data) => map({ code, path: [], keys: [] }, { data, defaultError: SILENT })?.message !== SILENT,
      ),
    );
  } catch {
    return true;
  }
}
const SILENT = '';

function ofString({ kind, value, regex, message }) {
  const spoken = message !== undefined;
  if (['min', 'max', 'length'].includes(kind)) return { kind, value, spoken };
  if (CHANGES.has(kind)) return { kind: 'changes' };
  if (kind === 'regex') return { kind: 'pattern', pattern: regex, spoken };
  if (['includes', 'startsWith', 'endsWith'].includes(kind)) return { kind: 'other' };
  return { kind: 'format', format: FORMATS[kind] ?? kind, spoken };
}

function ofNumber({ kind, value, inclusive, message }) {
  const spoken = message !== undefined;
  if (kind === 'int') return { kind, spoken };
  if (kind === 'min') return { kind: inclusive ? 'gte' : 'gt', value, spoken };
  if (kind === 'max') return { kind: inclusive ? 'lte' : 'lt', value, spoken };
  if (kind === 'multipleOf') return { kind: 'multiple', value, spoken };
  return { kind: 'other' };
}

module.exports = { Walk };
