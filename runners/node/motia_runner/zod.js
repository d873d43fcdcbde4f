'use strict';
/**
 * Zod 3 and 4 → JSON Schema of what they accept. Nodes that coerce, preprocess, transform, trim or catch are opened,
 * because the core would refuse what zod goes on to accept; such nodes and refinements make the worker check too.
 */
const { createRequire } = require('node:module');
const path = require('node:path');
const { own } = require('./packages');
const { project } = require('./loader');

/** `{json, validates}`. */
function convert(schema) {
  return schema._zod !== undefined ? fromFour(schema) : fromThree(schema);
}

let four = null;
/** The project's zod if it can do it, else ours: one copy converts the schemas of another. */
function toJSONSchema() {
  if (four === null) {
    const lookup = createRequire(path.join(project(), 'package.json'));
    for (const find of [() => lookup('zod'), () => lookup('zod/v4'), () => own('zod')]) {
      try {
        four = find().toJSONSchema ?? null;
      } catch {
        four = null;
      }
      if (four !== null) break;
    }
    if (four === null) throw new Error('no zod that makes JSON Schema was found');
  }
  return four;
}

function fromFour(schema) {
  let validates = false;
  const json = toJSONSchema()(schema, {
    io: 'input',
    unrepresentable: 'any',
    override({ zodSchema, jsonSchema }) {
      const { def } = zodSchema._zod;
      const checks = def.checks ?? [];
      const own = checks.map((check) => check._zod.def);
      if (own.some(({ check }) => check === 'custom') || def.type === 'custom') validates = true;
      if (def.type === 'pipe') validates = true;
      if (rescues(def)) {
        validates = true;
        empty(jsonSchema);
      } else if (own.some(({ check }) => check === 'overwrite')) {
        // Trimmed or recased before it is measured: lengths and patterns are of the result.
        validates = true;
        const { type } = jsonSchema;
        empty(jsonSchema);
        if (type !== undefined) jsonSchema.type = type;
      }
      if (def.type === 'object' && jsonSchema.required !== undefined)
        jsonSchema.required = jsonSchema.required.filter((key) => !mayBeAbsent(def.shape[key]));
      if (own.some(({ pattern }) => flagged(pattern))) {
        validates = true;
        delete jsonSchema.pattern;
        delete jsonSchema.allOf;
      }
    },
  });
  return { json, validates };
}

/** Whether a node takes more than its type says: what it lets in is open. The side a pipe lets in stands by itself. */
function rescues(def) {
  if (def.type === 'pipe') return def.in._zod.def.type === 'transform';
  return def.coerce === true || def.type === 'catch' || def.type === 'transform';
}

function mayBeAbsent(schema) {
  const def = schema?._zod?.def;
  if (def === undefined) return false;
  return rescues(def) || (['nullable', 'readonly'].includes(def.type) && mayBeAbsent(def.innerType));
}

function fromThree(schema) {
  const { zodToJsonSchema, ignoreOverride } = own('zod-to-json-schema');
  let validates = false;
  const json = zodToJsonSchema(schema, {
    removeAdditionalStrategy: 'strict',
    effectStrategy: 'input',
    pipeStrategy: 'input',
    override(def) {
      const { typeName, coerce, effect, checks = [] } = def;
      const changes = coerce === true || typeName === 'ZodCatch' || effect?.type === 'preprocess';
      const recased = checks.some(({ kind }) => ['trim', 'toLowerCase', 'toUpperCase'].includes(kind));
      const loose = checks.some(({ regex }) => flagged(regex));
      if (changes || recased || loose || typeName === 'ZodEffects' || typeName === 'ZodPipeline') validates = true;
      if (changes) return {};
      return recased || loose ? { type: 'string' } : ignoreOverride;
    },
  });
  return { json, validates };
}

/** A JSON Schema pattern has no flags, so one with flags would refuse too much. */
function flagged(pattern) {
  return pattern instanceof RegExp && /[ims]/.test(pattern.flags);
}

function empty(object) {
  for (const key of Object.keys(object)) delete object[key];
}

module.exports = { convert };
