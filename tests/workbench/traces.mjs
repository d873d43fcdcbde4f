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

export async function a_trace_is_run_again_and_leads_back({ page, go, get, id, expect, shot }) {
  const trace = await newest({ get, expect }, 'Again', 'completed', 9);
  await go(`/traces/${trace.id}`);
  await id('replay-trace').click();
  await expect.text('[data-testid=replay-said]', 'which only the replay itself reads');
  await id('replay-dry').click();
  await expect.count('[data-testid=replay-said]', 2);
  await expect.text('[data-testid=replay-said]', 'steps/fan.step.ts');
  await shot('traces-replay');
  await id('replay-start').click();
  await expect.gone('[role=dialog]');
  await expect.that(async () => !page.url().includes(trace.id), 'the new trace');
  await expect.text('[data-testid=replay-of]', trace.id);
  await expect.text(ROW, 'replay');
  await id('replay-of').first().click();
  await expect.address(trace.id);
  await expect.text(`${PANEL} h2`, 'Fan');
}

export async function a_run_is_run_again_with_another_input({ page, go, get, id, expect }) {
  const trace = await newest({ get, expect }, 'Again', 'completed', 9);
  await go(`/traces/${trace.id}`);
  await opened({ page, expect }, 'Leaf');
  await id('replay-run').click();
  await page.getByRole('radio', { name: 'Another input' }).click();
  await id('replay-input').locator('.cm-content').fill('{"at": ');
  await expect.that(() => id('replay-start').isDisabled(), 'half a document is not sent');
  await id('replay-input').locator('.cm-content').fill('{"at": 99}');
  await id('replay-start').click();
  await expect.gone('[role=dialog]');
  await expect.text('[data-testid=replay-of]', trace.id);
  const kept = await get('/__motia/api/state/item?groupId=leaves&key=leaf-99');
  if (kept.value !== 99) throw new Error(`it was given ${JSON.stringify(kept)}`);
}

export async function the_editor_begins_with_what_may_be_shown({ page, go, get, id, expect }) {
  const trace = await newest({ get, expect }, 'BoomPy', 'failed');
  await go(`/traces/${trace.id}`);
  await opened({ page, expect }, 'BoomPy');
  await id('to-dead-letter').waitFor();
  await id('replay-run').click();
  await page.getByRole('radio', { name: 'Another input' }).click();
  await expect.text('[data-testid=replay-input]', '"size": 3');
  await expect.text('[role=dialog]', 'The data of its delivery');
  await page.getByRole('radio', { name: 'The whole trace' }).click();
  await expect.text('[data-testid=replay-input]', '"body"');
  await page.keyboard.press('Escape');
  const fan = await newest({ get, expect }, 'Again', 'completed', 9);
  await go(`/traces/${fan.id}`);
  await id('replay-trace').click();
  await page.getByRole('radio', { name: 'Another input' }).click();
  await expect.text('[data-testid=replay-input]', '"count": 3');
  await page.keyboard.press('Escape');
}

export async function what_runs_grows_and_cannot_be_run_again({ page, go, get, post, server, id, expect }) {
  const answered = fetch(`${server}/slow`, { method: 'POST', headers: HEAD, body: '{}' });
  await go('/traces?status=running');
  await expect.count(ROW, 1);
  await page.locator(ROW).first().click();
  await expect.text(RUN, 'Slow');
  await expect.text('[data-testid=trace-details]', '1 running');
  const said = () => page.locator(RUN).first().innerText();
  const before = await said();
  await expect.that(async () => (await said()) !== before, 'a bar that grows');
  await opened({ page, expect }, 'Slow');
  await expect.text(PANEL, 'so far');
  await id('replay-run').click();
  await expect.text('[data-testid=replay-said]', 'Slow still runs');
  if (!(await id('replay-start').isDisabled())) throw new Error('it can be run again while it runs');
  await page.keyboard.press('Escape');
  await post('/__motia/state', { groupId: 'gate', key: 'open', value: true });
  await (await answered).text();
  await expect.text('[data-testid=trace-details] header', 'completed');
  await expect.that(async () => (await get('/__motia/api/traces?status=running')).items.length === 0, 'nothing runs');
  await expect.text('main', 'No trace like this');
}

export async function a_trace_is_saved_and_its_id_copied({ page, go, get, id, expect }) {
  const trace = await newest({ get, expect }, 'Again', 'completed', 9);
  await go(`/traces/${trace.id}`);
  await expect.count(RUN, 9);
  const coming = page.waitForEvent('download');
  await id('export-trace').click();
  const file = await coming;
  if (file.suggestedFilename() !== `trace-${trace.id}.json`) throw new Error(file.suggestedFilename());
  const chunks = [];
  for await (const chunk of await file.createReadStream()) chunks.push(chunk);
  const saved = JSON.parse(Buffer.concat(chunks).toString());
  const whole = await get(`/__motia/api/traces/${trace.id}`);
  for (const key of ['id', 'name', 'kind', 'status', 'startTime', 'endTime'])
    if (saved[key] !== whole[key]) throw new Error(`${key}: ${saved[key]}, not ${whole[key]}`);
  if (JSON.stringify(saved.metadata) !== JSON.stringify(whole.metadata)) throw new Error(JSON.stringify(saved.metadata));
  const ids = (one) => one.runs.map((run) => run.id).sort().join();
  if (ids(saved) !== ids(whole)) throw new Error('other runs');
  await page.getByRole('button', { name: 'Copy the id of this trace' }).click();
  await expect.that(async () => (await page.evaluate(() => navigator.clipboard.readText())) === trace.id, 'the id');
}

export async function two_attempts_are_compared({ page, go, get, id, expect, shot }) {
  const trace = await newest({ get, expect }, 'Again', 'completed', 9);
  await go(`/traces/${trace.id}`);
  await opened({ page, expect }, 'Again', 2);
  await id('compare').click();
  await expect.text('[data-testid=comparison]', 'try 2 came to nothing');
  await expect.text('[data-testid=comparison]', 'Attempt 3');
  await expect.text('[role=dialog]', 'then they part');
  await shot('traces-compare');
  await page.keyboard.press('Escape');
}

export async function a_trace_that_is_not_there_is_said({ go, expect }) {
  await go('/traces/ABCDE-1234567-abc');
  await expect.text('[data-testid=trace-details]', 'Nothing is recorded of this trace');
}

export async function five_hundred_runs_open_in_a_moment({ page, go, get, post, id, expect, shot }) {
  await post('/flood', { count: 499 });
  const trace = await newest({ get, expect: { that: patiently } }, 'Flood', 'completed', 500);
  const clock = await page.context().newCDPSession(page);
  await clock.send('Performance.enable', { timeDomain: 'threadTicks' });
  const worked = async () => (await clock.send('Performance.getMetrics')).metrics.find(({ name }) => name === 'TaskDuration').value * 1000;
  const took = [];
  const work = [];
  for (let turn = 0; turn < 5 && !(Math.min(...took) <= 300); turn += 1) {
    await go('/traces');
    await id(`trace-${trace.id}`).waitFor();
    const before = await worked();
    took.push(await page.evaluate(opening, trace.id));
    work.push(Math.round((await worked()) - before));
  }
  await clock.detach();
  // A machine that others keep busy says nothing of the page; then it counts what the page itself had to do.
  if (!(Math.min(...took, ...work) <= 300)) throw new Error(`a trace of 500 runs opened in ${took} ms, of which ${work} were work`);
  await expect.text('[data-testid=trace-details]', '500 runs');
  await shot('traces-flood');
  return { took, work };
}

/** In the page: ms from the click until the rows have been painted. */
function opening(id) {
  return new Promise((done) => {
    const begin = performance.now();
    const look = () =>
      document.querySelectorAll('[data-testid=trace-timeline-item]').length > 5
        ? requestAnimationFrame(() => setTimeout(() => done(Math.round(performance.now() - begin))))
        : requestAnimationFrame(look);
    document.querySelector(`[data-testid="trace-${id}"]`).click();
    look();
  });
}

async function patiently(what, said) {
  const end = Date.now() + 200_000;
  while (!(await what())) {
    if (Date.now() > end) throw new Error(`never so: ${said}`);
    await new Promise((done) => setTimeout(done, 300));
  }
}

export async function five_thousand_do_not_freeze_it({ page, go, get, post, id, expect }) {
  await post('/flood', { count: 4999 });
  const trace = await newest({ get, expect: { that: patiently } }, 'Flood', 'completed', 5000);
  await go(`/traces/${trace.id}`);
  await expect.text('[data-testid=trace-details]', '5,000 runs');
  if ((await page.locator(RUN).count()) > 120) throw new Error('rows are drawn that nobody sees');
  await id('trace-timeline').focus();
  const clock = await page.context().newCDPSession(page);
  await clock.send('Performance.enable', { timeDomain: 'threadTicks' });
  const worked = async () => (await clock.send('Performance.getMetrics')).metrics.find(({ name }) => name === 'TaskDuration').value * 1000;
  const work = [];
  for (const key of ['End', '+', 'Home', '0', 'End']) {
    const before = await worked();
    await page.keyboard.press(key);
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done))));
    work.push(Math.round((await worked()) - before));
  }
  await clock.detach();
  if (!(Math.max(...work) <= 100)) throw new Error(`keys cost ${work} ms of work`);
  await page.keyboard.press('Enter');
  await expect.text(`${PANEL} h2`, 'Drop');
  return work;
}

export async function older_ones_come_as_one_scrolls({ page, go, post, expect }) {
  for (let turn = 0; turn < 13; turn += 1) await Promise.all(Array.from({ length: 10 }, () => post('/flood', { count: 0 })));
  await go('/traces?step=Flood');
  await expect.that(async () => /^Traces\s+(100\+|1[3-9]\d)/.test(await page.locator('main header').first().innerText()), 'a page');
  await page.locator('[data-testid=traces-container] [role=listbox]').focus();
  await page.keyboard.press('End');
  await expect.text('main header', /Traces\s+132(?!\d|\+)/);
}

export async function axe_finds_nothing({ page, go, get, id, expect, axe, theme, shot, size }) {
  const fan = await newest({ get, expect }, 'Again', 'completed', 9);
  const fuse = await newest({ get, expect }, 'Fuse', 'failed', 5);
  for (const name of ['dark', 'light']) {
    await theme(name);
    await go('/traces');
    await expect.text(ROW, 'Flood');
    await axe();
    await shot(`traces-list-${name}`);
    await go(`/traces/${fan.id}`);
    await expect.count(RUN, 9);
    await axe();
    await shot(`traces-open-${name}`);
    await go(`/traces/${fuse.id}`);
    await opened({ page, expect }, 'BoomTs');
    await expect.text('[data-testid=run-source] .cm-marked', 'throw');
    await id('to-dead-letter').waitFor();
    await axe();
    await shot(`traces-error-${name}`);
    await size(1024, 700);
    await shot(`traces-error-narrow-${name}`);
    await size(1440, 900);
    await id('replay-run').click();
    await page.getByRole('radio', { name: 'Another input' }).click();
    await expect.text('[data-testid=replay-input]', '"size": 3');
    await axe('[role=dialog]');
    await page.keyboard.press('Escape');
  }
  await theme('dark');
}

export async function all_of_it_can_be_cleared({ go, get, id, expect }) {
  await go('/traces');
  await expect.text(ROW, 'Flood');
  await id('clear-traces').click();
  await expect.text('[role=dialog]', 'cannot be taken back');
  await id('confirm').click();
  await expect.text('main', 'No traces yet');
  if ((await get('/__motia/api/traces')).items.length) throw new Error('some are left');
}
