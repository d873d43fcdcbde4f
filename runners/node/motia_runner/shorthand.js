'use strict';
/**
 * The short form of a schema: a map of keys to type names, constructors, lists of one, maps or schemas of a library.
 * `{id: 'string', tags: ['string'], address: {zip: String}, note: 'string?'}` → JSON Schema.
 */
const KEYWORDS = new Set(
  (
    '$schema $id $ref $defs $anchor $dynamicRef $dynamicAnchor $vocabulary $comment definitions type properties ' +
    'patternProperties additionalProperties unevaluatedProperties required dependencies dependentRequired ' +
    'dependentSchemas propertyNames minProperties maxProperties items prefixItems additionalItems unevaluatedItems ' +
    'contains minContains maxContains minItems maxItems uniqueItems enum const anyOf oneOf allOf not if then else format ' +
    'pattern minLength maxLength minimum maximum exclusiveMinimum exclusiveMaximum multipleOf title description default ' +
    'examples example deprecated readOnly writeOnly contentEncoding contentMediaType contentSchema nullable discriminator'
  ).split(' '),
);
const REMARKS = new Set(['type', 'title', 'description']);
const KINDS = new Set(['string', 'number', 'integer', 'boolean', 'object', 'array', 'null']);
// The words are the same in every language.
const WORDS = Object.fromEntries(
  Object.entries({
    string: 'string str text symbol',
    number: 'number float double decimal',
    integer: 'integer int',
    boolean: 'boolean bool',
    object: 'object dict hash map record',
    array: 'array list',
    null: 'null nil none',
  }).flatMap(([type, words]) => words.split(' ').map((word) => [word, { type }])),
);
const FORMATS = {
  date: 'date',
  datetime: 'date-time',
  'date-time': 'date-time',
  time: 'date-time',
  timestamp: 'date-time',
  uuid: 'uuid',
  email: 'email',
  url: 'uri',
  uri: 'uri',
};
const ANYTHING = new Set(['any', 'unknown', 'json']);
const CONSTRUCTORS = new Map([
  [String, 'string'],
  [Number, 'number'],
  [Boolean, 'boolean'],
  [Object, 'object'],
  [Array, 'array'],
  [Date, 'datetime'],
]);

/** JSON Schema says so by its values, not only by its keys: a field may be called `type` or `title`. */
function isJsonSchema(schema) {
  const keys = Object.keys(schema);
  if (keys.length === 0) return true;
  const { type } = schema;
  if (['$schema', '$ref', '$defs'].some((key) => key in schema && wordOf(schema[key]) === null)) return true;
  if (Array.isArray(type) && type.length > 0 && type.every((one) => KINDS.has(one))) return true;
  const known = keys.every((key) => KEYWORDS.has(key) || key.startsWith('x-'));
  if (KINDS.has(type)) {
    if (keys.length > 1 && keys.every((key) => REMARKS.has(key) && wordOf(schema[key]) !== null)) return false;
    return known || ['properties', 'items', 'required'].some((key) => typeof schema[key] === 'object');
  }
  if (['anyOf', 'oneOf', 'allOf', 'enum'].some((key) => Array.isArray(schema[key]))) return true;
  return known && keys.some((key) => wordOf(schema[key]) === null && typeof schema[key] !== 'function');
}

/** The map as JSON Schema, or null when it is none. `library(schema)` gives that of a library's schema, or null. */
function shorthand(schema, library) {
  const properties = {};
  const required = [];
  for (const [name, value] of Object.entries(schema)) {
    const made = part(value, library);
    if (made === null) return null;
    const key = name.replace(/\?$/, '');
    properties[key] = made;
    if (key === name && !(typeof value === 'string' && value.endsWith('?'))) required.push(key);
  }
  return required.length > 0 ? { type: 'object', properties, required } : { type: 'object', properties };
}

function part(value, library) {
  if (typeof value === 'string') return wordOf(value);
  const made = library(value);
  if (made !== null) return made;
  if (typeof value === 'function') return CONSTRUCTORS.has(value) ? wordOf(CONSTRUCTORS.get(value)) : null;
  if (Array.isArray(value)) {
    const items = value.length === 1 ? part(value[0], library) : null;
    return items && { type: 'array', items };
  }
  if (typeof value !== 'object' || value === null) return null;
  return isJsonSchema(value) ? value : shorthand(value, library);
}

/** `string`, `string?`, `string[]`, `array<string>`, `string | null`, `uuid`; null when it names no type. */
function wordOf(text) {
  if (typeof text !== 'string') return null;
  if (text.includes('|')) {
    const options = text.split('|').map((one) => wordOf(one.trim()));
    return options.includes(null) ? null : { anyOf: options };
  }
  const word = text.trim().toLowerCase();
  if (word.endsWith('?')) return wordOf(word.slice(0, -1));
  const inner = word.endsWith('[]') ? word.slice(0, -2) : (/^(?:list|array)[<[](.+)[>\]]$/.exec(word)?.[1] ?? null);
  if (inner !== null) {
    const items = wordOf(inner);
    return items && { type: 'array', items };
  }
  if (ANYTHING.has(word)) return {};
  if (Object.hasOwn(FORMATS, word)) return { type: 'string', format: FORMATS[word] };
  return Object.hasOwn(WORDS, word) ? { ...WORDS[word] } : null;
}

const MAPS = new Set(['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas']);
const PARTS = new Set([
  'items',
  'additionalProperties',
  'unevaluatedProperties',
  'not',
  'if',
  'then',
  'else',
  'contains',
]);
const LISTS = new Set(['anyOf', 'oneOf', 'allOf', 'prefixItems']);

/** JSON Schema with words where schemas stand (`properties: {id: 'string'}`) → JSON Schema. */
function spelledOut(schema) {
  if (typeof schema === 'string') return wordOf(schema) ?? schema;
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) return schema;
  const each = ([key, value]) => {
    if (MAPS.has(key) && typeof value === 'object' && value !== null)
      return [key, Object.fromEntries(Object.entries(value).map(([name, one]) => [name, spelledOut(one)]))];
    if (LISTS.has(key) && Array.isArray(value)) return [key, value.map(spelledOut)];
    return [key, PARTS.has(key) && !Array.isArray(value) ? spelledOut(value) : value];
  };
  return Object.fromEntries(Object.entries(schema).map(each));
}

module.exports = { isJsonSchema, shorthand, spelledOut };
