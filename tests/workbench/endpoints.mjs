/** What is done in the page to see that endpoints can be read, called, and understood. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const ECHO = '/endpoints?open=Echo';
const ANSWERS = '/endpoints?open=Answers';
const NASTY = `{"it's": "'; exit 1; '", "$HOME": "$(echo broken) \`echo broken\`", "!!": "\\\\ \\" # & | < > * ? ~",
 "@file": "%41 %%", "unicode": "ünïcödé 😀 \u202e", "lines": "a\\nb"}`;

function same(found, wanted, what) {
  if (JSON.stringify(found) !== JSON.stringify(wanted))
    throw new Error(`${what}: ${JSON.stringify(found)} instead of ${JSON.stringify(wanted)}`);
}

/** Puts a text into the editor of the body. */
async function write({ page }, text) {
  await page.locator('[data-testid=endpoint-body-editor] .cm-content').click();
  await page.keyboard.press('Control+a');
  await page.keyboard.insertText(text);
}

/** Sends what stands there and waits for the status. */
async function send({ id, expect }, status) {
  await id('endpoint-play-button').click();
  await expect.text('[data-testid=endpoint-response-container] header [data-testid=endpoint-status]', status);
}

/** The body of the answer, decoded. */
async function body({ page, id }) {
  await id('endpoint-raw-tab').click();
  const text = await id('endpoint-raw').innerText();
  await page.getByRole('tab', { name: 'Preview' }).click();
  return JSON.parse(text);
}

async function menu({ id }, testId) {
  await id('endpoint-more').click();
  await id(testId).click();
}

async function kind({ page }, name) {
  await page.getByRole('tab', { name: 'Body' }).click();
  await page.getByRole('radio', { name }).click();
}

export async function lists_by_flow({ page, go, id, expect, shot }) {
  await go('/endpoints');
  await id('endpoint-POST-/orders').waitFor();
  await expect.text('main', 'Choose an endpoint');
  const flows = await page.locator('[data-testid^=endpoints-flow-]').allInnerTexts();
  same(flows.map((one) => one.split('\n')[0]), ['lab', 'notes', 'orders', 'no flow'], 'flows');
  await id('endpoints-flow-orders').click();
  await expect.gone('[data-testid="endpoint-POST-/orders"]');
  await page.reload();
  await id('endpoints-flow-orders').waitFor();
  await expect.gone('[data-testid="endpoint-POST-/orders"]');
  await id('endpoints-search').fill('post createorder');
  await id('endpoint-POST-/orders').waitFor();
  await expect.gone('[data-testid="endpoint-GET-/orders/:id"]');
  await expect.address('q=post');
  await id('endpoints-search').fill('there is none such');
  await expect.text('main', 'No endpoint matches');
  await page.getByRole('button', { name: 'Show all' }).click();
  await id('endpoints-flow-orders').click();
  await id('endpoint-POST-/orders').waitFor();
  await shot('endpoints-list');
}

export async function the_keyboard_reaches_everything({ page, go, id, expect }) {
  await go('/endpoints');
  await id('endpoint-POST-/orders').waitFor();
  await id('endpoints-list').focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await id('endpoint-details-panel').waitFor();
  await expect.address('answers_step.py');
  await page.goBack();
  await expect.text('main', 'Choose an endpoint');
}

export async function a_body_is_prepared_judged_and_sent({ page, go, id, expect, forgive, shot, ...more }) {
  forgive(/400 \(Bad Request/);
  const it = { page, id, expect, ...more };
  await go('/endpoints');
  await id('endpoint-POST-/orders').click();
  await expect.address('open=');
  const editor = '[data-testid=endpoint-body-editor] .cm-content';
  await expect.text(editor, '"currency": "EUR"');
  await expect.text(editor, '"quantity": 1');
  await expect.text('[data-testid=endpoint-body-check]', 'Fits the schema');
  await write(it, '{"customer": "", "items": [{"sku": "a"}]}');
  await expect.text('[data-testid=endpoint-body-check]', 'customer must not be empty');
  await expect.text('[data-testid=endpoint-body-check]', 'items[0].price is missing (number)');
  await send(it, '400');
  await id('endpoint-failure').waitFor();
  await shot('endpoints-refused');
  await write(it, '{oops');
  await expect.text('[data-testid=endpoint-body-check]', 'It is sent as it stands');
  await write(it, '{"customer": "Ada", "items": [{"sku": "a", "title": "A", "quantity": 2, "price": 3}]}');
  await page.keyboard.press('Control+Enter');
  await expect.text('header [data-testid=endpoint-status]', '201 Created');
  await expect.count('[data-testid=endpoint-response-container]', 1);
  same((await body(it)).total, 6, 'total');
  await expect.text('[data-testid=endpoint-response-container] header', /\d m?s\s+\d+ B/);
  await shot('endpoints-sent');
}

export async function an_answer_leads_to_its_trace_and_its_logs({ page, id, expect, get }) {
  await id('endpoint-response-headers-tab').click();
  const headers = await page.locator('[data-testid=endpoint-response-container] dl').innerText();
  const trace = /x-trace-id\s+(\S+)/.exec(headers)[1];
  await id('endpoint-trace').click();
  await expect.address(`/traces/${trace}`);
  same((await get(`/__motia/api/traces/${trace}`)).name, 'CreateOrder', 'name of the trace');
  await page.goBack();
  await id('endpoint-logs').click();
  await expect.address(`/logs?trace=${trace}`);
  await page.goBack();
  await id('endpoint-details-panel').waitFor();
}

export async function path_and_query_are_filled_in({ page, go, id, expect, ...more }) {
  const it = { page, id, expect, ...more };
  await go(`${ECHO}&tab=params`);
  await id('endpoint-play-button').click();
  await expect.text('body', 'Fill in name');
  await id('endpoint-path-name').fill('a b/ü?#%');
  await page.getByLabel('Value of page').fill('2 & 3');
  await expect.text('[data-testid=endpoint-address]', '/lab/echo/a%20b%2F%C3%BC%3F%23%25?page=2+%26+3');
  await id('endpoint-details-panel').getByLabel('Method', { exact: true }).selectOption('GET');
  await send(it, '200');
  const said = await body(it);
  same([said.params, said.query, said.method], [{ name: 'a b/ü?#%' }, { page: '2 & 3' }, 'GET'], 'echo');
  await page.getByLabel('Send page').uncheck();
  await expect.text('[data-testid=endpoint-address]', /%25$/);
  await go('/endpoints?open=Upload&tab=params');
  await id('endpoint-path-0').fill('deep/er file');
  await expect.text('[data-testid=endpoint-address]', '/lab/files/deep/er%20file');
}

export async function secrets_are_not_stored({ page, go, id, expect, ...more }) {
  const it = { page, id, expect, ...more };
  await go(`${ECHO}&tab=headers`);
  for (const [name, value] of [['Authorization', 'Bearer hush-1'], ['X-Kept', 'seen'], ['X-Api-Key', 'hush-2']]) {
    await page.getByRole('button', { name: 'Add a header' }).click();
    await page.locator('[aria-label^="Name of header"]').last().fill(name);
    await page.getByLabel(`Value of ${name}`).fill(value);
  }
  await page.getByLabel('Send Accept').uncheck();
  await send(it, '200');
  const { headers } = await body(it);
  same([headers.authorization, headers['x-kept'], headers['x-api-key']], ['Bearer hush-1', 'seen', 'hush-2'], 'headers');
  same(headers.accept, '*/*', 'a header that is switched off');
  await id('endpoint-examples').click();
  await id('endpoint-example-name').fill('with a secret');
  await id('endpoint-example-save').click();
  await page.keyboard.press('Escape');
  await page.reload();
  await id('endpoint-details-panel').waitFor();
  same(await page.getByLabel('Value of X-Kept').inputValue(), 'seen', 'what is stored');
  same(await page.getByLabel('Value of Authorization').inputValue(), '', 'the secret');
  const stored = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, location.href]));
  if (!stored.includes('X-Kept')) throw new Error('nothing was stored at all');
  if (stored.includes('hush')) throw new Error(`a secret was stored: ${stored}`);
  await menu(it, 'endpoint-reset');
  await expect.gone('[aria-label="Value of X-Kept"]');
}

export async function curl_sends_the_same({ page, go, id, expect, server, ...more }) {
  const it = { page, id, expect, server, ...more };
  await go(`${ECHO}&tab=params`);
  await id('endpoint-path-name').fill("it's [1]{2}");
  await id('endpoint-details-panel').getByLabel('Method', { exact: true }).selectOption('POST');
  await kind(it, 'JSON');
  await write(it, NASTY);
  await send(it, '200');
  const ours = await body(it);
  same(ours.raw, NASTY, 'what arrived from the page');
  await menu(it, 'endpoint-copy-curl');
  const command = await page.evaluate(() => navigator.clipboard.readText());
  const curls = JSON.parse(execFileSync('sh', ['-c', `${command} --silent`], { encoding: 'utf8' }));
  for (const name of ['method', 'raw', 'params', 'query']) same(curls[name], ours[name], `${name} from curl`);
  same(curls.headers['content-type'], 'application/json', 'type from curl');
  await menu(it, 'endpoint-copy-fetch');
  const code = await page.evaluate(() => navigator.clipboard.readText());
  const run = new Function(`return (async () => { ${code}\nreturn response.json() })()`);
  same((await run()).raw, NASTY, 'what arrived from fetch');
}

export async function bodies_of_every_kind({ page, go, id, expect, shot, ...more }) {
  const it = { page, id, expect, ...more };
  await go(`${ECHO}&tab=body`);
  await menu(it, 'endpoint-reset');
  await page.getByRole('tab', { name: /Params/ }).click();
  await id('endpoint-path-name').fill('x');
  await id('endpoint-details-panel').getByLabel('Method', { exact: true }).selectOption('POST');
  await kind(it, 'Text');
  await page.getByLabel('Text body').fill('plain <b>words</b>');
  await send(it, '200');
  let said = await body(it);
  same([said.raw, said.headers['content-type']], ['plain <b>words</b>', 'text/plain'], 'text');
  await kind(it, 'Form');
  await page.locator('[aria-label^="Name of field"]').fill('a b');
  await page.locator('[aria-label^="Value of a b"]').fill('1&2=3');
  await send(it, '200');
  said = await body(it);
  same([said.raw, said.headers['content-type']], ['a+b=1%262%3D3', 'application/x-www-form-urlencoded'], 'form');
  await kind(it, 'Bytes');
  await page.getByLabel('Bytes as base64').fill('AAH/');
  await send(it, '200');
  same((await body(it)).raw, [0, 1, 255], 'bytes');
  await page.getByLabel('File to send').setInputFiles({ name: 'b.bin', mimeType: 'x/y', buffer: Buffer.from([9, 200]) });
  await send(it, '200');
  same((await body(it)).raw, [9, 200], 'bytes of a file');
  await kind(it, 'Multipart');
  await page.locator('[aria-label^="Name of field"]').fill('title');
  await page.getByLabel('Value of title').fill('@not a file');
  await page.getByRole('button', { name: 'Add a field' }).click();
  await id('endpoint-add-file').click();
  await page.locator('[aria-label^="Name of field"]').last().fill('doc');
  await id('endpoint-play-button').click();
  await expect.text('body', 'Choose a file for doc');
  await page.getByLabel('File of doc').setInputFiles({ name: 'dö c.txt', mimeType: 'text/plain', buffer: Buffer.from('hello') });
  await shot('endpoints-multipart');
  await send(it, '200');
  said = await body(it);
  same(said.files.map((one) => [one.field, one.name, one.type, one.text]), [['doc', 'dö c.txt', 'text/plain', 'hello']], 'files');
  same(said.fields.title, '@not a file', 'field beside the file');
  await kind(it, 'None');
  await send(it, '200');
  same((await body(it)).headers['content-type'], undefined, 'type without a body');
  await id('endpoint-details-panel').getByLabel('Method', { exact: true }).selectOption('GET');
  await expect.text('main', 'Browsers send no body with GET');
}

async function answer(it, what, status) {
  await it.id('endpoint-path-kind').fill(what);
  await send(it, status);
}

export async function streams_are_shown_as_they_come({ page, go, id, expect, shot, ...more }) {
  const it = { page, id, expect, ...more };
  await go(ANSWERS);
  await answer(it, 'events', '200');
  await id('endpoint-event').first().waitFor();
  await expect.count('[data-testid=endpoint-event]', 4);
  await expect.text('[data-testid=endpoint-event]', '<b>bold</b>');
  await id('endpoint-event').nth(1).click();
  await expect.text('[aria-label="Event 2"]', /number\s*:\s*1/);
  await shot('endpoints-events');
  await answer(it, 'forever', '200');
  await expect.that(async () => (await id('endpoint-event').count()) > 5, 'events of a stream without end');
  await id('endpoint-cancel-button').click();
  await expect.text('header [data-testid=endpoint-status]', 'stopped');
  await answer(it, 'lines', '200');
  await expect.count('[data-testid=endpoint-event]', 2);
  await id('endpoint-path-kind').fill('chunks');
  await id('endpoint-play-button').click();
  const seen = new Set();
  await expect.that(async () => {
    if (await id('endpoint-raw').count()) seen.add(await id('endpoint-raw').innerText());
    return [...seen].some((text) => text.endsWith('and last'));
  }, 'the last chunk');
  if (seen.size < 2) throw new Error(`the text came at once: ${[...seen]}`);
}

export { ANSWERS, ECHO, answer, body, kind, menu, same, send, write };
