/** A schema as a tree people read: name, type, limits, meaning. References are followed when they are opened. */
import { make } from './dom.js';

const LIMITS = [
  ['minimum', '≥'], ['exclusiveMinimum', '>'], ['maximum', '≤'], ['exclusiveMaximum', '<'], ['multipleOf', 'multiple of'],
  ['minLength', 'length ≥'], ['maxLength', 'length ≤'], ['minItems', 'items ≥'], ['maxItems', 'items ≤'],
  ['pattern', 'pattern'], ['format', 'format'], ['contentMediaType', 'media type'],
];

/** The schema a reference stands for, or the schema itself. */
export function resolve(root, schema) {
  for (let steps = 0; schema?.$ref !== undefined && steps < 20; steps += 1) {
    let at = root;
    for (const part of schema.$ref.slice(2).split('/'))
      at = at?.[decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~')];
    schema = at ?? {};
  }
  return schema ?? {};
}

/** In one word or two. */
export function words(root, schema) {
  if (schema === true || schema === undefined) return 'any';
  if (schema === false) return 'nothing';
  if (schema.$ref !== undefined) return schema.$ref.split('/').pop();
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (Array.isArray(schema.enum)) return schema.enum.map((one) => JSON.stringify(one)).join(' | ');
  const branches = schema.anyOf ?? schema.oneOf;
  if (Array.isArray(branches)) return branches.map((one) => words(root, one)).join(' | ');
  const kinds = [].concat(schema.type ?? (schema.properties ? 'object' : schema.items ? 'array' : 'any'));
  return kinds.map((kind) => (kind === 'array' ? `${words(root, schema.items)}[]` : kind)).join(' | ');
}

export function limits(schema) {
  if (typeof schema !== 'object' || schema === null) return '';
  const said = LIMITS.filter(([key]) => schema[key] !== undefined).map(([key, word]) => `${word} ${schema[key]}`);
  if (schema.default !== undefined) said.push(`default ${JSON.stringify(schema.default)}`);
  return said.join(', ');
}

/** The whole tree; what lies deep is built when it is opened. */
export function tree(root, schema, depth = 0) {
  const whole = resolve(root, schema);
  const inner = parts(root, whole);
  const list = make('ul', { class: 'schema' });
  for (const { name, needed, part } of inner) list.append(make('li', {}, leaf(root, name, needed, part, depth)));
  const note = whole.description ? make('p', { class: 'dim' }, whole.description) : null;
  if (inner.length === 0) return make('div', {}, note, make('code', {}, words(root, schema)), ` ${limits(whole)}`);
  return make('div', {}, note, list);
}

function leaf(root, name, needed, part, depth) {
  const whole = resolve(root, part);
  const line = [
    make('code', {}, name), ' ', make('span', { class: 'dim' }, `${words(root, part)} ${limits(whole)}`),
    needed ? make('span', { class: 'needed' }, ' required') : null,
    whole.description ? make('span', {}, ` — ${whole.description}`) : null,
  ];
  if (parts(root, whole).length === 0) return make('div', {}, line);
  const box = make('details', {}, make('summary', {}, line));
  const open = () => box.childElementCount === 1 && box.append(tree(root, part, depth + 1));
  box.addEventListener('toggle', () => box.open && open());
  if (depth < 1) {
    box.open = true;
    open();
  }
  return box;
}

/** What is inside: properties, items, branches. */
function parts(root, schema) {
  if (typeof schema !== 'object' || schema === null) return [];
  const needed = new Set(schema.required ?? []);
  const found = Object.entries(schema.properties ?? {}).map(([name, part]) => ({ name, needed: needed.has(name), part }));
  if (isDeep(root, schema.items)) found.push({ name: '[ ]', part: schema.items });
  (schema.prefixItems ?? []).forEach((part, index) => found.push({ name: `[${index}]`, part }));
  if (isDeep(root, schema.additionalProperties)) found.push({ name: '*', part: schema.additionalProperties });
  for (const [key, word] of [['allOf', 'all of'], ['anyOf', 'either'], ['oneOf', 'either']])
    for (const part of schema[key] ?? []) if (isDeep(root, part)) found.push({ name: word, part });
  return found;
}

function isDeep(root, schema) {
  return typeof schema === 'object' && schema !== null && Object.keys(schema).length > 0;
}
