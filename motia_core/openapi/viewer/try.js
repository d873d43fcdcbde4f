/** Trying an operation: a form, the request as curl, and the answer. Sends only to where the page comes from. */
import { copy, make, replace } from './dom.js';
import { resolve } from './schema.js';

const MOST = 200_000;

export function tryIt(root, path, method, operation) {
  const fields = (operation.parameters ?? []).map((one) => resolve(root, one)).map((one) => ({ one, input: field(one) }));
  const media = resolve(root, operation.requestBody)?.content ?? {};
  const [type] = Object.keys(media);
  const body = type === undefined || method === 'get' || method === 'head' ? null : make('textarea', { id: 'body', spellcheck: 'false' });
  if (body !== null) body.value = shown(media[type]);
  const answer = make('div', { role: 'status', 'aria-live': 'polite' });
  const command = make('pre', { tabindex: '0', 'aria-label': 'The request as a curl command' });
  const request = () => asked(path, method, fields, body, type);
  const update = () => (command.textContent = curl(request()));
  const send = make('button', { class: 'main', type: 'submit' }, 'Send');
  const copier = make('button', { type: 'button', click: () => copy(curl(request()), copier) }, 'Copy as curl');
  const form = make(
    'form',
    {
      input: update,
      submit: (event) => {
        event.preventDefault();
        run(request(), answer, send);
      },
    },
    make(
      'fieldset',
      {},
      make('div', { class: 'grid' }, fields.map(({ one, input }) => labelled(`${one.name} (${one.in})`, input))),
      body === null ? null : labelled(`Body, ${type}`, body),
      make('div', { class: 'row' }, send, copier),
    ),
  );
  update();
  return make('section', { 'aria-labelledby': 'try' }, make('h3', { id: 'try' }, 'Try it'), form, command, answer);
}

function labelled(text, input) {
  return make('div', {}, make('label', { for: input.id }, text), input);
}

function field(one) {
  const input = make('input', { id: `${one.in}-${one.name}`, required: one.required === true, autocomplete: 'off' });
  const schema = one.schema ?? {};
  const value = schema.examples?.[0] ?? schema.default;
  if (value !== undefined) input.value = typeof value === 'string' ? value : JSON.stringify(value);
  return input;
}

function shown(media) {
  const value = media.example ?? media.schema?.examples?.[0] ?? {};
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2);
}

/** What would be sent. */
function asked(path, method, fields, body, type) {
  const query = new URLSearchParams();
  const headers = {};
  let place = path;
  for (const { one, input } of fields) {
    const value = input.value;
    if (one.in === 'path') place = place.replaceAll(`{${one.name}}`, encodeURIComponent(value));
    else if (value === '') continue;
    else if (one.in === 'query') query.append(one.name, value);
    else headers[one.name] = value;
  }
  if (body !== null && body.value.trim() !== '') headers['content-type'] = type;
  const url = location.origin + place + (query.size > 0 ? `?${query}` : '');
  return { url, method: method.toUpperCase(), headers, body: headers['content-type'] === undefined ? undefined : body.value };
}

/** For a POSIX shell: single quotes, in which nothing has a meaning but the quote itself. */
function curl({ url, method, headers, body }) {
  const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;
  const parts = [`curl -i -X ${method} ${quoted(url)}`];
  for (const [name, value] of Object.entries(headers)) parts.push(`-H ${quoted(`${name}: ${value}`)}`);
  if (body !== undefined) parts.push(`--data-raw ${quoted(body)}`);
  return parts.join(' \\\n  ');
}

async function run(request, answer, button) {
  button.disabled = true;
  replace(answer, make('p', { class: 'dim' }, 'Waiting…'));
  const began = performance.now();
  try {
    const { url, ...rest } = request;
    const response = await fetch(url, { ...rest, credentials: 'omit', redirect: 'manual' });
    const text = await response.text();
    const took = Math.round(performance.now() - began);
    const headers = [...response.headers].map(([name, value]) => `${name}: ${value}`).join('\n');
    replace(
      answer,
      make('h4', {}, `${response.status} ${response.statusText} in ${took} ms`),
      make('details', {}, make('summary', {}, 'Headers'), make('pre', {}, headers)),
      make('pre', { tabindex: '0', 'aria-label': 'The body of the answer' }, pretty(text)),
    );
  } catch (error) {
    replace(answer, make('p', {}, `The request could not be sent: ${error.message}`));
  } finally {
    button.disabled = false;
  }
}

function pretty(text) {
  let made = text;
  try {
    made = JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    // Not everything is JSON.
  }
  return made.length > MOST ? `${made.slice(0, MOST)}\n… ${made.length - MOST} characters more` : made;
}
