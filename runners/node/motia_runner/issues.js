'use strict';
/**
 * What a schema library finds wrong → issues as the core words them: dotted path, message, and for code the keyword of
 * JSON Schema that was broken. Messages stay the library's or the author's; a code that has no keyword stays too.
 */
const SIZES = {
  too_small: { string: 'minLength', array: 'minItems', set: 'minItems', other: 'minimum' },
  too_big: { string: 'maxLength', array: 'maxItems', set: 'maxItems', other: 'maximum' },
};
const CODES = {
  invalid_type: 'type',
  invalid_enum_value: 'enum',
  invalid_literal: 'const',
  invalid_union: 'anyOf',
  invalid_union_discriminator: 'anyOf',
  not_multiple_of: 'multipleOf',
  invalid_key: 'propertyNames',
  invalid_date: 'type',
};
const PATTERNS = new Set([
  'regex',
  'starts_with',
  'ends_with',
  'includes',
  'lowercase',
  'uppercase',
  'template_literal',
]);

/** One finding of a Standard Schema or of zod; `input` is what was checked. Some are several issues. */
function issues(found, input) {
  const { path = [], message, keys } = found;
  const place = path.map((part) => (typeof part === 'object' && part !== null ? part.key : part));
  const dotted = (parts) => parts.map(String).join('.');
  if (found.code === 'unrecognized_keys' && Array.isArray(keys) && keys.length > 0)
    return keys.map((key) => ({
      path: dotted([...place, key]),
      message: String(message),
      code: 'additionalProperties',
    }));
  const absent = place.length > 0 && found.code !== 'custom' && at(input, place) === undefined;
  return [{ path: dotted(place), message: String(message), code: absent ? 'required' : code(found) }];
}

function code(found) {
  const sizes = SIZES[found.code];
  if (sizes !== undefined) {
    const key = sizes[found.origin ?? found.type] ?? sizes.other;
    return found.inclusive === false && key === sizes.other ? `exclusive${key[0].toUpperCase()}${key.slice(1)}` : key;
  }
  if (found.code === 'invalid_string' || found.code === 'invalid_format') {
    const kind = found.format ?? found.validation;
    return typeof kind === 'object' || PATTERNS.has(kind) ? 'pattern' : 'format';
  }
  if (found.code === 'invalid_value') return found.values?.length === 1 ? 'const' : 'enum';
  return CODES[found.code] ?? found.code ?? 'invalid';
}

function at(value, path) {
  let found = value;
  for (const key of path) {
    if (typeof found !== 'object' || found === null) return undefined;
    found = found[key];
  }
  return found;
}

module.exports = { issues };
