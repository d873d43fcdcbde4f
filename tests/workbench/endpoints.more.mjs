/** What is done in the page to see that endpoints answer, and what is kept of it; goes on from `endpoints.mjs`. */
import { readFileSync } from 'node:fs';
import { ANSWERS, ECHO, answer, body, kind, menu, same, send, write } from './endpoints.mjs';

export async function a_slow_call_is_cancelled({ page, go, id, expect, get, ...more }) {
  await go(ANSWERS);
  await id('endpoint-path-kind').fill('slow');
  await id('endpoint-play-button').click();
  await expect.text('header [data-testid=endpoint-status]', 'waiting');
  await id('endpoint-cancel-button').click();
  await expect.text('header [data-testid=endpoint-status]', 'cancelled');
  await id('endpoint-play-button').waitFor();
  await expect.that(async () => {
    const { items } = await get('/__motia/api/traces?step=Answers&status=failed');
    return items.some((one) => String(one.error?.message ?? one.error).includes('Cancelled'));
  }, 'the step was told');
}

export async function answers_of_every_kind({ page, go, id, expect, forgive, shot, ...more }) {
  forgive(/500 \(Internal/);
  const it = { page, id, expect, ...more };
  await go(ANSWERS);
  await answer(it, 'binary', '200');
  await expect.text('[aria-label="The first bytes"]', '000010  10 11 12');
  const coming = page.waitForEvent('download');
  await id('endpoint-download').click();
  const file = await coming;
  same(file.suggestedFilename(), 'a b.dat', 'name of the file');
  same([...readFileSync(await file.path())], [...Array(256).keys()], 'bytes of the file');
  await answer(it, 'image', '200');
  await expect.text('figure', '8 × 8');
  await answer(it, 'page', '200');
  const frame = page.frameLocator('iframe[title="Page that was answered"]');
  await frame.getByRole('heading', { name: 'Hello, page' }).waitFor();
  same(await page.locator('iframe').getAttribute('sandbox'), '', 'sandbox');
  if (await page.evaluate(() => 'broken' in window || document.title.includes('broken'))) throw new Error('the page broke out');
  await shot('endpoints-page');
  await page.getByRole('radio', { name: 'Source' }).click();
  await expect.text('[data-testid=endpoint-raw]', "<script>parent.document.title = 'broken out'");
  await answer(it, 'nothing', '204');
  await expect.text('main', 'There is no body');
  await answer(it, 'nasty', '200');
  await expect.text('[data-testid=endpoint-json]', '<img src=x onerror=alert(1)>');
  await expect.text('[data-testid=endpoint-json]', '__proto__');
  await expect.text('[data-testid=endpoint-json]', '150 more entries');
  await answer(it, 'lies', '200');
  await expect.text('main', 'It says that it is JSON, but it is not');
  await answer(it, 'boom', '500');
  await expect.text('[data-testid=endpoint-failure]', 'the lab is on fire <script>');
  await expect.text('[data-testid=endpoint-failure]', 'answers_step.py');
  await shot('endpoints-failure');
  await answer(it, 'moved', '200');
  await expect.text('main', /Redirected to\s+\/lab\/answers\/page/);
  await menu(it, 'endpoint-follow');
  await answer(it, 'moved', 'redirect');
  await expect.text('main', 'It answers with a redirect');
  await menu(it, 'endpoint-follow');
  await id('endpoint-details-panel').getByLabel('Method', { exact: true }).selectOption('HEAD');
  await answer(it, 'page', '200');
  await expect.text('main', 'HEAD asks for the headers only');
  await id('endpoint-details-panel').getByLabel('Method', { exact: true }).selectOption('GET');
}

export async function items_of_streams_stay_live({ page, go, id, expect, post, shot, ...more }) {
  const it = { page, id, expect, ...more };
  await go('/endpoints?open=Note&tab=params');
  await id('endpoint-path-group').fill('g');
  await id('endpoint-path-id').fill('one');
  await send(it, '201');
  await expect.text('[data-testid=endpoint-live]', 'live');
  await expect.text('[data-testid=endpoint-json]', 'first');
  await post('/lab/notes/g/one', { text: 'second' });
  await expect.text('[data-testid=endpoint-json]', 'second');
  await expect.text('[data-testid=endpoint-live]', 'changed once since');
  await shot('endpoints-live');
  await page.locator('[data-testid=endpoint-live] a').click();
  await expect.address('/streams?stream=note&group=g&item=one');
  await go('/endpoints?open=Notes&tab=params');
  await id('endpoint-path-group').fill('g');
  await send(it, '200');
  await expect.text('[data-testid=endpoint-live]', 'live');
  await post('/lab/notes/g/one', { text: 'third' });
  await expect.text('[data-testid=endpoint-json]', 'third');
  await go('/endpoints?open=Guarded');
  await send(it, '200');
  await expect.text('[data-testid=endpoint-live]', 'refused');
  await expect.text('[data-testid=endpoint-json]', 'kept');
}

export async function calls_are_remembered_and_sent_again({ page, go, id, expect, shot, ...more }) {
  const it = { page, id, expect, ...more };
  await go(ANSWERS);
  await answer(it, 'lines', '200');
  await answer(it, 'nothing', '204');
  await id('endpoint-history').click();
  await expect.count('[data-testid=endpoint-call]', 2);
  await shot('endpoints-history');
  await id('endpoint-call').nth(1).click();
  await page.keyboard.press('Escape');
  await expect.address('call=');
  await expect.text('header [data-testid=endpoint-status]', '200');
  await expect.text('main', 'This is a call from before');
  await id('endpoint-request-tab').click();
  await expect.text('[data-testid=endpoint-response-container]', 'GET /lab/answers/lines');
  await page.getByRole('tab', { name: 'Preview' }).click();
  await page.getByRole('button', { name: 'Put it into the editor' }).click();
  await expect.text('[data-testid=endpoint-address]', '/lab/answers/lines');
  await id('endpoint-again').click();
  await expect.text('[data-testid=endpoint-history]', '3 calls');
  await expect.text('header [data-testid=endpoint-status]', '200');
}

export async function examples_are_saved_loaded_and_moved({ page, go, id, expect, shot, ...more }) {
  const it = { page, id, expect, ...more };
  await go('/endpoints?open=CreateOrder&tab=body');
  await write(it, '{"customer": "example"}');
  await id('endpoint-examples').click();
  await id('endpoint-example-name').fill('one <b>customer</b>');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Escape');
  await menu(it, 'endpoint-reset');
  await expect.text('[data-testid=endpoint-body-editor] .cm-content', '"customer": "string"');
  await page.reload();
  await id('endpoint-examples').click();
  await shot('endpoints-examples');
  const coming = page.waitForEvent('download');
  await id('endpoint-example-export').click();
  const file = await (await coming).path();
  const exported = JSON.parse(readFileSync(file, 'utf8'));
  same([exported.endpoint.path, exported.examples.length], ['/orders', 1], 'what is exported');
  await page.getByRole('button', { name: /^one <b>customer/ }).click();
  await expect.text('[data-testid=endpoint-body-editor] .cm-content', '"customer": "example"');
  await id('endpoint-examples').click();
  await page.getByRole('button', { name: /^Delete one/ }).click();
  await id('confirm').click();
  await expect.gone('[aria-label="Saved examples"]');
  if (!(await id('endpoint-example-name').count())) await id('endpoint-examples').click();
  await page.getByLabel('Import examples').setInputFiles(file);
  await page.getByRole('button', { name: /^one <b>customer/ }).waitFor();
  await page.getByLabel('Import examples').setInputFiles({ name: 'x.json', mimeType: 'text/json', buffer: Buffer.from('[') });
  await expect.text('body', 'This file cannot be read');
  await page.keyboard.press('Escape');
}

export async function a_specification_is_read({ page, go, id, expect, shot }) {
  await go('/endpoints?open=Shapes');
  await expect.text('[data-testid=endpoint-body-editor] .cm-content', '"title": "What it is called"');
  await expect.text('[data-testid=endpoint-body-editor] .cm-content', '"note": "as an example"');
  await expect.text('[data-testid=endpoint-body-editor] .cm-content', '"email": "somebody@example.com"');
  await expect.text('[data-testid=endpoint-body-check]', 'Fits the schema');
  await id('endpoint-spec-button').click();
  await expect.address('spec=1');
  await page.reload();
  await id('endpoint-spec').waitFor();
  for (const said of ['Takes a thing of many shapes', 'steps/lab/shapes_step.py', 'lab.odd sometimes', '409', 'no other names'])
    await expect.text('[data-testid=endpoint-spec]', said);
  await expect.text('[aria-label="Schema of the body"]', /colour\s*"red" or "green"\s*required/);
  await expect.text('[aria-label="Schema of the body"]', /count\s*integer\s*default 7/);
  await page.locator('[data-testid=endpoint-spec]').getByRole('button', { name: 'Show' }).click();
  await expect.text('[data-testid=endpoint-spec]', 'A body with references');
  await shot('endpoints-spec');
  await page.getByRole('link', { name: 'Shapes' }).click();
  await expect.address(/\/flows\/lab\?step=/);
  await page.goBack();
  await id('close-panel').click();
  await expect.gone('[data-testid=endpoint-spec]');
}

export async function it_is_calm_in_both_themes_and_small({ page, go, id, expect, theme, size, axe, shot, ...more }) {
  const it = { page, id, expect, ...more };
  for (const name of ['dark', 'light']) {
    await theme(name);
    await go('/endpoints?open=CreateOrder&tab=body&spec=1');
    await id('endpoint-spec').waitFor();
    await expect.text('[data-testid=endpoint-body-editor] .cm-content', 'customer');
    await axe();
    await shot(`endpoints-${name}`);
    await go(`${ECHO}&tab=params`);
    await id('endpoint-path-name').fill('x');
    await send(it, '200');
    await axe();
    await page.getByRole('tab', { name: 'Headers', exact: false }).first().click();
    await axe();
    await id('endpoint-history').click();
    await axe();
    await page.keyboard.press('Escape');
    await id('endpoint-examples').click();
    await axe();
    await page.keyboard.press('Escape');
    await go(ANSWERS);
    await answer(it, 'events', '200');
    await expect.count('[data-testid=endpoint-event]', 4);
    await axe();
  }
  await size(1024, 700);
  await go('/endpoints?open=CreateOrder&tab=body');
  await menu(it, 'endpoint-reset');
  await expect.text('[data-testid=endpoint-body-editor] .cm-content', 'customer');
  await send(it, '201');
  await shot('endpoints-small-light');
  await id('endpoint-spec-button').click();
  await id('endpoint-spec').waitFor();
  await id('endpoint-play-button').waitFor();
  await shot('endpoints-small-spec');
  const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
  if (wide) throw new Error('the page is wider than the window');
  await size(1440, 900);
  await theme('dark');
}

export async function given_a_broken_file({ page, go, id, expect, forgive, axe, shot, ...more }) {
  forgive(/503/);
  const it = { page, id, expect, ...more };
  await go('/endpoints?open=Shapes');
  await id('endpoint-broken').waitFor();
  await expect.text('[data-testid=endpoint-broken]', 'def handler(req,,');
  await expect.text('[data-testid=endpoint-broken]', /steps\/lab\/shapes_step\.py:\d+/);
  await expect.text('[data-testid="endpoint-POST-/lab/shapes"]', 'its file is broken');
  await axe();
  await shot('endpoints-broken');
}

export async function given_it_is_mended({ id, expect, ...more }) {
  await expect.gone('[data-testid=endpoint-broken]');
  await send({ id, expect, ...more }, '200');
}

export async function given_one_that_is_open({ go, id }) {
  await go('/endpoints?open=Guarded');
  await id('endpoint-details-panel').waitFor();
}

export async function given_it_is_gone({ expect }) {
  await expect.text('main', 'This endpoint is not there any more');
  await expect.gone('[data-testid="endpoint-POST-/lab/guarded"]');
}

export async function given_a_call_of_before({ go, ...more }) {
  await go(ANSWERS);
  await answer(more, 'lines', '200');
}

export async function given_nobody_answers({ expect, forgive, ...more }) {
  forgive(/WebSocket|ERR_CONNECTION_REFUSED|Failed to load resource/);
  await send({ expect, ...more }, 'not answered');
  await expect.text('main', 'There was no answer');
}

export async function given_somebody_answers_again({ expect, forgive, ...more }) {
  forgive(/WebSocket|ERR_CONNECTION_REFUSED|Failed to load resource/);
  await send({ expect, ...more }, '200');
}
