/** What is done in the page to see that the screen of traces holds. Checks build on one another: each leaves its traces. */

const HEAD = { 'content-type': 'application/json' };
const ROW = '[data-testid=traces-container] .motia-trace-group';
const RUN = '[data-testid=trace-timeline-item]';
const PANEL = '[data-testid=sidebar-panel]';

/** The newest trace of a step that is in this state, as the server has it. */
async function newest({ get, expect }, step, status = 'completed', runs = 1) {
  let found;
  await expect.that(async () => {
    found = (await get(`/__motia/api/traces?step=${step}&limit=1`)).items[0];
    return found?.status === status && found.metadata.totalSteps >= runs;
  }, `a trace of ${step} that has ${status}`);
  return found;
}

const link = (page, part) => page.locator(`${PANEL} a[href*="${part}"]`);

/** Opens a run of the trace that is shown. */
async function opened({ page, expect }, name, at = 0) {
  await page.locator(RUN).filter({ hasText: name }).nth(at).click();
  await expect.text(`${PANEL} h2`, name);
}

export async function an_empty_list_teaches({ go, expect, shot }) {
  await go('/traces');
  await expect.text('main', 'No traces yet');
  await expect.text('main', 'curl -i');
  await shot('traces-empty');
}

export async function what_happens_appears_by_itself({ page, expect, post, id }) {
  await post('/fan', { count: 3 });
  await expect.text(ROW, 'Fan');
  await post('/boom');
  await expect.that(async () => (await page.locator(ROW).first().innerText()).includes('Fuse'), 'the newest first');
  await expect.text(ROW, /(python|ruby|typescript|javascript) boom/);
  await expect.text(ROW, '9 runs');
  const { items } = await (await fetch(`${new URL(page.url()).origin}/__motia/api/traces`)).json();
  for (const trace of items) await id(`trace-${trace.id}`).waitFor();
}

export async function filters_stand_in_the_address({ page, go, id, expect }) {
  await newest({ get: async (path) => (await fetch(`${new URL(page.url()).origin}${path}`)).json(), expect }, 'Again', 'completed', 9);
  await go('/traces');
  await expect.count(ROW, 2);
  await page.getByRole('radio', { name: 'Failed' }).click();
  await expect.address('status=failed');
  await expect.count(ROW, 1);
  await expect.text(ROW, 'Fuse');
  await page.reload();
  await expect.count(ROW, 1);
  await page.goBack();
  await expect.count(ROW, 2);
  await id('traces-topic').fill('note.read');
  await expect.address('topic=note.read');
  await expect.count(ROW, 1);
  await expect.text(ROW, 'Fan');
  await id('clear-filters').click();
  await expect.count(ROW, 2);
  await id('traces-step').fill('BoomRb');
  await page.keyboard.press('Enter');
  await expect.address('step=BoomRb');
  await expect.count(ROW, 1);
  await id('clear-filters').click();
  await page.keyboard.press('/');
  await page.keyboard.type('ruby boo');
  await expect.address('q=ruby');
  await expect.count(ROW, 1);
  await id('traces-search').fill('nothing says this');
  await expect.text('main', 'No trace like this');
  await id('clear-filters').click();
  await id('traces-range').selectOption('5m');
  await expect.address('range=5m');
  await expect.count(ROW, 2);
  await id('traces-range').selectOption('own');
  await id('traces-until').fill('2020-01-01T00:00:00');
  await expect.address(/until=15778/);
  await expect.text('main', 'No trace like this');
  await id('traces-until').fill('');
  await expect.count(ROW, 2);
}

export async function filters_stay_while_a_trace_is_open({ page, go, id, expect }) {
  await go('/traces?status=failed');
  await page.locator(ROW).first().click();
  await expect.address(/\/traces\/[^?]+\?status=failed/);
  await id('close-trace').click();
  await expect.gone('[data-testid=trace-details]');
  await expect.address(/\/traces\?status=failed/);
}

export async function a_trace_is_a_tree_of_what_started_what({ page, go, get, expect, shot }) {
  const trace = await newest({ get, expect }, 'Again', 'completed', 9);
  await go(`/traces/${trace.id}`);
  await expect.count(RUN, 9);
  const rows = await page.locator(RUN).evaluateAll((all) =>
    all.map((one) => [Number(one.getAttribute('aria-level')), one.innerText.replaceAll('\n', ' ')]),
  );
  const level = (name) => rows.find(([, said]) => said.includes(name))?.[0];
  for (const [name, wanted] of [['Fan', 1], ['Leaf', 2], ['Note', 2], ['Read', 3], ['Again', 2]])
    if (level(name) !== wanted) throw new Error(`${name} stands at ${level(name)}: ${JSON.stringify(rows)}`);
  const note = rows.findIndex(([, said]) => said.includes('Note'));
  if (!rows[note + 1][1].includes('Read')) throw new Error(`Read is not below Note: ${JSON.stringify(rows)}`);
  const tries = await page.locator(RUN).filter({ hasText: 'Again' }).allInnerTexts();
  for (const at of [1, 2, 3]) if (!tries[at - 1].includes(`attempt ${at}`)) throw new Error(`attempts: ${tries}`);
  if ((await page.locator('[data-wait]').count()) === 0) throw new Error('no wait is drawn');
  await expect.text('[data-testid=trace-details]', 'Critical path');
  await expect.text('[data-testid=trace-details]', 'Again × 3');
  await shot('traces-waterfall');
}

export async function a_run_says_what_it_did_and_where_that_is({ page, go, get, id, expect, shot }) {
  const trace = await newest({ get, expect }, 'Again', 'completed', 9);
  await go(`/traces/${trace.id}`);
  await opened({ page, expect }, 'Note');
  await expect.address('run=');
  await expect.text(PANEL, 'note.written');
  await expect.text(PANEL, 'python-1');
  for (const part of ['/streams?stream=notes&group=inbox&item=n-1', '/flows/rounds?step=', `/logs?trace=${trace.id}&step=Note`, '/workers?open=python'])
    await link(page, part).first().waitFor();
  await expect.text('[data-testid=run-event]', 'Noted');
  await expect.text('[data-testid=run-event]', /\+\d/);
  await page.locator('[data-testid=run-event]', { hasText: 'Noted' }).getByRole('button').click();
  await expect.text(PANEL, '"n-1"');
  await expect.text('[data-testid=run-event]', 'nobody hears it');
  await shot('traces-run');
  await page.reload();
  await expect.text(`${PANEL} h2`, 'Note');
  await id('emitted').click();
  await expect.text(`${PANEL} h2`, 'Read');
  await id('to-parent').click();
  await expect.text(`${PANEL} h2`, 'Note');
  await id('to-child').click();
  await expect.text(`${PANEL} h2`, 'Read');
  await page.goBack();
  await expect.text(`${PANEL} h2`, 'Note');
  await opened({ page, expect }, 'Leaf');
  await link(page, '/state?group=leaves&key=leaf-0').waitFor();
}

export async function an_error_shows_the_source_in_each_language({ page, go, get, id, expect, shot }) {
  const trace = await newest({ get, expect }, 'Fuse', 'failed', 5);
  await go(`/traces/${trace.id}`);
  for (const [step, name, message, place, line] of [
    ['BoomTs', 'RangeError', 'typescript boom of 3', 'lib/fuse.ts:2', 'throw new RangeError'],
    ['BoomJs', 'Error', 'javascript boom', 'steps/boom.step.js:5', 'throw new Error'],
    ['BoomPy', 'KeyError', 'python boom', 'steps/boom_step.py:12', 'raise KeyError'],
    ['BoomRb', 'ArgumentError', 'ruby boom', 'steps/boom_step.rb:7', 'raise ArgumentError'],
  ]) {
    await opened({ page, expect }, step);
    await expect.text('[data-testid=run-error]', name);
    await expect.text('[data-testid=run-error]', message);
    await expect.text('[data-testid=run-source] figcaption', place);
    await expect.text('[data-testid=run-source] .cm-marked', line);
    await id('to-dead-letter').waitFor();
    const href = await id('to-dead-letter').getAttribute('href');
    if (!new RegExp(`/queues/${step}\\?state=dead&open=\\d+$`).test(href)) throw new Error(`the dead letter: ${href}`);
  }
  await shot('traces-error');
  await opened({ page, expect }, 'BoomTs');
  await id('stack-frame').nth(1).click();
  await expect.text('[data-testid=run-source] figcaption', 'steps/boom.step.ts:11');
  await expect.text('[data-testid=run-source] .cm-marked', 'explode(charge.size)');
}

export async function keys_do_it_all({ page, go, get, expect }) {
  const trace = await newest({ get, expect }, 'Again', 'completed', 9);
  await go('/traces');
  await expect.count(ROW, 2);
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await expect.address(trace.id);
  await expect.count(RUN, 9);
  await page.locator('[data-testid=trace-timeline]').focus();
  await page.keyboard.press('j');
  await page.keyboard.press('ArrowLeft');
  await expect.count(RUN, 1);
  await expect.text(RUN, '8 below');
  await page.keyboard.press('ArrowRight');
  await expect.count(RUN, 9);
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await expect.text(`${PANEL} h2`, 'Leaf');
  await page.keyboard.press('End');
  await expect.text(`${PANEL} h2`, 'Again');
  await page.keyboard.press('k');
  await expect.text(PANEL, 'attempt 2');
  await page.keyboard.press('Escape');
  await expect.gone(PANEL);
  await expect.count(RUN, 9);
  await page.keyboard.press('Shift+K');
  await expect.that(async () => !page.url().includes(trace.id), 'the trace before it in the list');
  await expect.text('[data-testid=trace-details]', 'Fuse');
  await page.keyboard.press('Escape');
  await expect.gone('[data-testid=trace-details]');
}

export async function time_can_be_stretched_and_moved({ page, go, get, id, expect }) {
  const trace = await newest({ get, expect }, 'Again', 'completed', 9);
  await go(`/traces/${trace.id}`);
  await expect.count(RUN, 9);
  const seen = async () => {
    const found = id('trace-window');
    return (await found.count()) === 0 ? null : found.evaluate((one) => [parseFloat(one.style.left), one.style.width]);
  };
  await id('zoom-in').click();
  await expect.that(async () => (await seen())?.[0] === 25, 'the middle half');
  await id('trace-timeline').focus();
  await page.keyboard.press('Shift+ArrowRight');
  await expect.that(async () => (await seen())?.[0] > 25, 'further on');
  await page.keyboard.press('0');
  await expect.that(async () => (await seen()) === null, 'the whole');
  await page.keyboard.press('+');
  await expect.that(async () => (await seen()) !== null, 'a part');
  await page.keyboard.press('0');
  const bar = await page.locator('[data-line]').first().boundingBox();
  await page.mouse.move(bar.x + 5, bar.y + 5);
  await page.keyboard.down('Control');
  await page.mouse.wheel(0, -200);
  await page.keyboard.up('Control');
  await expect.that(async () => (await seen())?.[0] < 5, 'the beginning, by the wheel');
  await page.mouse.wheel(200, 0);
  await expect.that(async () => (await seen())?.[0] > 5, 'sideways, by the wheel');
  await id('zoom-in').click();
  await id('zoom-in').click();
  const small = await id('trace-minimap').boundingBox();
  await page.mouse.click(small.x + small.width - 3, small.y + 5);
  await expect.that(async () => (await seen())?.[0] > 60, 'the end, by the small picture');
  await id('zoom-whole').click();
  await expect.that(async () => (await seen()) === null, 'the whole again');
}

export { HEAD, PANEL, ROW, RUN, newest, opened };
