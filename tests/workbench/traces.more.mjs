/** What is done in the page to see why runs failed and how they run again; goes on from `traces.mjs`. */
import { HEAD, PANEL, ROW, RUN, newest, opened } from './traces.mjs';

export async function a_trace_is_run_again_and_leads_back({ page, go, get, id, expect, shot }) {
  const trace = await newest({ get, expect }, 'Again', 'completed', 9);
  await go(`/traces/${trace.id}`);
  await id('replay-trace').click();
  await expect.text('[data-testid=replay-said]', 'which only the replay itself reads');
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
  await id('replay-dry').click();
  await expect.text('[data-testid=replay-said]', 'with an input of');
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

export async function five_hundred_runs_open_in_a_moment({ page, go, get, post, id, expect, held, strict, shot }) {
  await post('/flood', { count: 499 });
  const trace = await newest({ get, expect: { that: patiently } }, 'Flood', 'completed', 500);
  const took = [];
  for (let turn = 0; turn < 3; turn += 1) {
    await go('/traces');
    await id(`trace-${trace.id}`).waitFor();
    took.push(await page.evaluate(opening, trace.id));
  }
  if (held(took) > (strict ? 300 : 1500)) throw new Error(`a trace of 500 runs opened in ${took} ms`);
  await expect.text('[data-testid=trace-details]', '500 runs');
  await shot('traces-flood');
  return took;
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

export async function five_thousand_do_not_freeze_it({ page, go, get, post, id, expect, held, strict }) {
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
  if (!(held(work) <= (strict ? 100 : 500))) throw new Error(`keys cost ${work} ms of work`);
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
