/** The page: loads the document, lists what is in it, shows what is chosen. The address names the choice. */
import { make, method, replace } from './dom.js';
import { limits, resolve, tree, words } from './schema.js';
import { tryIt } from './try.js';

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'];
const OTHERS = 'other';
const at = (id) => document.getElementById(id);
let root = {};
let all = [];

async function load() {
  let response;
  try {
    response = await fetch('/__motia/openapi.json', { headers: { accept: 'application/json' } });
    if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
    root = await response.json();
  } catch (error) {
    replace(at('operation'), make('p', {}, `openapi.json could not be read: ${error.message}`));
    return;
  }
  document.title = root.info.title;
  replace(at('title'), root.info.title, make('small', {}, root.info.version));
  replace(at('about'), root.info.description ?? '');
  all = Object.entries(root.paths ?? {}).flatMap(([path, item]) =>
    METHODS.filter((name) => item[name] !== undefined).map((name) => ({ path, name, operation: item[name] })),
  );
  list();
  show();
}

function list() {
  const wanted = at('search').value.toLowerCase().split(/\s+/).filter(Boolean);
  const found = all.filter((one) => wanted.every((word) => text(one).includes(word)));
  const groups = new Map();
  for (const one of found)
    for (const tag of one.operation.tags ?? [OTHERS]) groups.set(tag, [...(groups.get(tag) ?? []), one]);
  const names = [...groups.keys()].sort((a, b) => (a === OTHERS) - (b === OTHERS) || a.localeCompare(b));
  replace(at('count'), `${found.length} of ${all.length} operations`);
  replace(
    at('list'),
    names.map((tag) => [
      names.length > 1 || tag !== OTHERS ? make('h2', {}, tag) : null,
      make('ul', {}, groups.get(tag).map(entry)),
    ]).flat(),
  );
}

function text({ path, name, operation }) {
  const { summary = '', description = '', operationId, tags = [] } = operation;
  return [path, name, summary, description, operationId, ...tags].join(' ').toLowerCase();
}

function entry({ path, name, operation }) {
  const here = chosen()?.operation === operation;
  const target = `#/${encodeURIComponent(operation.operationId)}`;
  return make('li', {}, make('a', { href: target, 'aria-current': here ? 'page' : null }, method(name), path));
}

function chosen() {
  let id;
  try {
    id = decodeURIComponent(location.hash.slice(2));
  } catch {
    id = '';
  }
  return all.find((one) => one.operation.operationId === id) ?? all[0];
}

function show() {
  const one = chosen();
  if (one === undefined) {
    replace(at('operation'), make('p', {}, 'No API steps yet: this page fills as you write them.'));
    return;
  }
  const { path, name, operation } = one;
  replace(
    at('operation'),
    make('h2', {}, method(name), path),
    make('p', { class: 'dim' }, operation.summary ?? '', ' ', (operation.tags ?? []).map((tag) => make('span', { class: 'tag' }, tag))),
    operation.description ? make('p', {}, operation.description) : null,
    parameters(operation),
    body(operation),
    responses(operation),
    tryIt(root, path, name, operation),
  );
}

function parameters(operation) {
  const found = (operation.parameters ?? []).map((one) => resolve(root, one));
  if (found.length === 0) return null;
  const rows = found.map((one) =>
    make(
      'tr',
      {},
      make('td', {}, make('code', {}, one.name), one.required ? make('span', { class: 'needed' }, ' required') : null),
      make('td', {}, one.in),
      make('td', {}, words(root, one.schema)),
      make('td', {}, [one.description ?? '', limits(resolve(root, one.schema))].filter(Boolean).join('; ')),
    ),
  );
  const head = make('tr', {}, ['Name', 'In', 'Type', 'Meaning'].map((word) => make('th', { scope: 'col' }, word)));
  return make('section', {}, make('h3', {}, 'Parameters'), make('table', {}, make('thead', {}, head), make('tbody', {}, rows)));
}

function body(operation) {
  const given = resolve(root, operation.requestBody);
  const media = Object.entries(given.content ?? {});
  if (media.length === 0) return null;
  const title = make('h3', {}, 'Body', given.required ? make('span', { class: 'needed' }, ' required') : null);
  return make('section', {}, title, content(media));
}

function content(media) {
  return media.map(([type, one]) =>
    make('div', {}, make('p', {}, make('code', {}, type)), one.schema === undefined ? null : tree(root, one.schema), example(one)),
  );
}

function example(media) {
  if (media.example === undefined) return null;
  const written = JSON.stringify(media.example, null, 2);
  return make('details', {}, make('summary', {}, 'Example'), make('pre', { tabindex: '0', 'aria-label': 'Example' }, written));
}

function responses(operation) {
  const rows = Object.entries(operation.responses ?? {}).map(([status, given]) => {
    const one = resolve(root, given);
    const media = Object.entries(one.content ?? {});
    const head = [make('strong', {}, status), ' ', one.description ?? ''];
    if (media.length === 0) return make('p', {}, head);
    return make('details', { open: status.startsWith('2') }, make('summary', {}, head), content(media));
  });
  return make('section', {}, make('h3', {}, 'Responses'), rows);
}

at('search').addEventListener('input', list);
addEventListener('hashchange', () => {
  list();
  show();
  at('operation').focus();
});
document.addEventListener('keydown', (event) => {
  if (event.key !== '/' || /^(INPUT|TEXTAREA)$/.test(document.activeElement?.tagName ?? '')) return;
  event.preventDefault();
  at('search').focus();
});
load();
