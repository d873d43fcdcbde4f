/** What is done in the page to see the queues, and to act on deliveries. */

const send = (post, ...events) => post('/send', { events });
const door = (post, name, open) => post(`/door/${name}`, { open });
const queue = async (get, step) => (await get(`/__motia/api/queues/steps?q=${step}`)).items.find((one) => one.step === step);
const dead = async (get, step) => (await get(`/__motia/api/deliveries?state=dead&step=${step}`)).items;
const settled = (expect, get, step, what, said) => expect.that(async () => what(await queue(get, step)), `${step}: ${said}`);
const rows = '[data-testid=deliveries] [role=row][data-testid]';
const cell = (page, step, at) => page.locator(`[data-testid=queue-${step}] [role=gridcell]`).nth(at).innerText();

export async function lists_every_step_with_its_figures({ page, post, go, expect, axe, shot }) {
  await send(
    post,
    ...['Ada', 'Bob', 'Cleo', 'Dan'].map((customer) => ({ topic: 'charge', data: { customer, card: { last4: '4242' } } })),
    { topic: 'deliver', data: { to: 'Oslo' } },
    { topic: 'deliver', data: { to: 'Rome' } },
    ...[1, 2, 3].map((n) => ({ topic: 'ledger', data: { n }, messageGroupId: 'acme' })),
  );
  await go('/queues');
  await expect.that(async () => (await cell(page, 'Charge', 5)).startsWith('4'), 'four dead letters of Charge');
  await expect.that(async () => (await cell(page, 'Deliver', 3)) === '2', 'two delayed of Deliver');
  await expect.that(async () => (await cell(page, 'Ledger', 2)) === '1' && (await cell(page, 'Ledger', 4)) === '2', 'one runs, two are blocked');
  await expect.text('[data-testid=queue-Ledger]', 'FIFO');
  await expect.text('[data-testid=queues]', '4 dead');
  await axe();
  await shot('queues');
}

export async function sorts_and_searches({ page, go, expect }) {
  await go('/queues');
  const first = () => page.locator('[data-testid^=queue-]').first().innerText();
  await page.getByRole('columnheader', { name: 'Dead' }).getByRole('button').click();
  await expect.that(async () => (await first()).includes('Charge'), 'most dead first');
  await page.getByRole('columnheader', { name: 'Delayed' }).getByRole('button').click();
  await expect.that(async () => (await first()).includes('Deliver'), 'most delayed first');
  await page.getByRole('radio', { name: /With dead letters/ }).click();
  await expect.count('[data-testid^=queue-]', 1);
  await expect.address('show=dead');
  await page.getByRole('radio', { name: /^All/ }).click();
  await page.getByLabel('Search steps and topics').fill('ledger');
  await expect.address('q=ledger');
  await expect.count('[data-testid^=queue-]', 1);
}

export async function figures_move_while_one_looks({ page, post, expect }) {
  await page.getByLabel('Search steps and topics').fill('');
  await expect.that(async () => (await cell(page, 'Charge', 5)).startsWith('4'), 'four dead letters');
  await send(post, { topic: 'charge', data: { customer: 'Eve' } });
  await expect.that(async () => (await cell(page, 'Charge', 5)).startsWith('5'), 'five dead letters, without a reload');
}

export async function a_dead_letter_says_what_went_wrong({ page, go, id, expect, axe, shot }) {
  await go('/queues');
  await id('queue-Charge').click();
  await expect.address('/queues/Charge?state=dead');
  await expect.count(rows, 5);
  await expect.text('[data-testid=settings]', 'Subscribes to charge');
  await expect.text('[data-testid=settings]', 'No retries');
  await page.locator(rows).first().click();
  await expect.address(/open=\d+/);
  const panel = '[data-testid=sidebar-panel]';
  await expect.text(panel, 'The card of Ada was refused');
  await expect.text(panel, 'charge.step.js:');
  await expect.text(panel, '1 of 1');
  await expect.text(panel, '"4242"');
  await expect.that(async () => /\/flows\/money\?step=/.test(await page.getByText('Open the source of Charge').getAttribute('href')), 'a link to the source');
  await axe();
  await shot('queue-dead-letter');
  await page.reload();
  await expect.text(panel, 'The card of Ada was refused');
  await page.goBack();
  await expect.gone(panel);
}

export async function export_hands_over_all_dead_letters({ page, go, id, expect }) {
  await go('/queues/Charge?state=dead');
  await expect.count(rows, 5);
  const [download] = await Promise.all([page.waitForEvent('download'), id('export').click()]);
  const parts = [];
  for await (const part of await download.createReadStream()) parts.push(part);
  const letters = JSON.parse(Buffer.concat(parts));
  if (download.suggestedFilename() !== 'Charge.dead.json') throw new Error(download.suggestedFilename());
  if (letters.length !== 5 || letters[0].originalEvent.data.customer !== 'Ada') throw new Error(JSON.stringify(letters));
}

export async function one_is_redriven_and_fails_again({ page, get, go, id, expect }) {
  const before = (await dead(get, 'Charge')).find((one) => one.data.customer === 'Bob');
  await go(`/queues/Charge?state=dead&open=${before.id}`);
  await id('redrive-one').click();
  await expect.text('[aria-label=Notices]', '1 delivery redriven');
  await expect.that(async () => {
    const after = (await dead(get, 'Charge')).find((one) => one.id === before.id);
    return after && after.buried > before.buried;
  }, 'it was tried again and is dead again');
  await page.getByRole('button', { name: 'Open its trace' }).click();
  await expect.address(`/traces/${before.traceId}`);
}

export async function one_is_redriven_and_done({ page, post, get, go, id, expect }) {
  await door(post, 'charge', true);
  const [first] = await dead(get, 'Charge');
  await go(`/queues/Charge?state=dead&open=${first.id}`);
  await id('redrive-one').click();
  await expect.text('[data-testid=delivery-done]', 'It stands in no queue any more');
  const href = await page.locator('[data-testid=delivery-done] a').getAttribute('href');
  if (!href.endsWith(`/traces/${first.traceId}`)) throw new Error(href);
  await expect.count(rows, 4);
}

export async function chosen_ones_are_redriven_others_stay({ page, get, go, id, expect }) {
  await go('/queues/Charge?state=dead');
  await expect.count(rows, 4);
  for (const at of [0, 1]) await page.locator(rows).nth(at).getByRole('checkbox').check();
  await expect.text('[data-testid=redrive]', 'Redrive 2');
  await expect.gone('[data-testid=sidebar-panel]');
  await id('redrive').click();
  await settled(expect, get, 'Charge', (one) => one.dead === 2, 'two are left');
  await expect.count(rows, 2);
  await expect.text('[data-testid=redrive]', 'Redrive all');
}

export async function what_a_search_finds_is_discarded({ page, get, go, id, expect }) {
  await go('/queues/Charge?state=dead');
  await expect.count(rows, 2);
  await page.getByLabel('Search deliveries').fill('eve');
  await expect.count(rows, 1);
  await id('discard').click();
  await expect.text('[role=dialog]', 'Discard all that “eve” finds?');
  await page.keyboard.press('Escape');
  if ((await queue(get, 'Charge')).dead !== 2) throw new Error('discarded although it was cancelled');
  await id('discard').click();
  await id('confirm').click();
  await settled(expect, get, 'Charge', (one) => one.dead === 1, 'one is left');
  const [left] = await dead(get, 'Charge');
  if (left.data.customer === 'Eve') throw new Error('the wrong one went');
}

export async function all_dead_letters_of_a_step_are_redriven_or_discarded({ post, get, go, id, expect }) {
  await go('/queues/Charge?state=dead');
  await expect.count(rows, 1);
  await id('redrive').click();
  await settled(expect, get, 'Charge', (one) => one.dead === 0, 'none is dead');
  await expect.text('[data-testid=queue]', 'Nothing is dead');
  await door(post, 'charge', false);
  await send(post, { topic: 'charge', data: { customer: 'Flo' } }, { topic: 'charge', data: { customer: 'Gil' } });
  await expect.count(rows, 2);
  await id('discard').click();
  await expect.text('[role=dialog]', 'Discard 2 deliveries?');
  await id('confirm').click();
  await settled(expect, get, 'Charge', (one) => one.dead === 0, 'none is left');
}

export async function delayed_ones_are_retried_now({ page, post, get, go, id, expect, shot }) {
  await go('/queues/Deliver?state=delayed');
  await expect.count(rows, 2);
  await expect.text(rows, 'The van has not come');
  await expect.text(rows, '1 of 6');
  await expect.text(rows, /in \d+ m/);
  await shot('queue-delayed');
  await page.locator(rows).first().click();
  await id('retry-one').click();
  await expect.text('[data-testid=sidebar-panel]', '2 of 6');
  await door(post, 'deliver', true);
  await page.getByTestId('close-panel').click();
  await id('retry').click();
  await settled(expect, get, 'Deliver', (one) => one.delayed === 0 && one.dead === 0, 'all delivered');
  await expect.text('[data-testid=queue]', 'Nothing is delayed');
}

export async function blocked_is_explained_and_ends({ page, post, get, go, id, expect, axe, shot }) {
  await go('/queues/Ledger?state=blocked');
  await expect.count(rows, 2);
  await expect.text(rows, 'acme');
  await expect.text('[data-testid=meaning]', 'until the one before them in their group is done');
  await axe();
  await shot('queue-blocked');
  await id('stage-running').click();
  await expect.address('state=running');
  await expect.count(rows, 1);
  await expect.text('[data-testid=queue]', 'can be neither hurried nor discarded');
  await page.locator(rows).first().click();
  await expect.text('[data-testid=sidebar-panel]', /Lease\s+in \d+/);
  await expect.gone('[data-testid=sidebar-panel] [data-testid=discard-one]');
  await door(post, 'ledger', true);
  await settled(expect, get, 'Ledger', (one) => one.running + one.blocked + one.ready === 0, 'all done');
  await expect.text('[data-testid=sidebar-panel]', 'It stands in no queue any more');
  await expect.text('[data-testid=queue]', 'Nothing is running');
}

export async function pauses_and_resumes({ page, post, get, go, id, expect, shot }) {
  await go('/queues/Print');
  await id('pause').click();
  await expect.text('[data-testid=paused-note]', 'what runs goes on, the rest waits');
  await send(post, { topic: 'print', data: { page: 1, text: 'x'.repeat(3000) } }, { topic: 'print', data: { page: 2 } }, { topic: 'print', data: { page: 3 } });
  await expect.count(rows, 3);
  await expect.text(rows, '2.9 KiB');
  await page.locator(rows).first().click();
  await expect.text('[data-testid=sidebar-panel]', 'more characters');
  await shot('queue-paused');
  await id('discard-one').click();
  await id('confirm').click();
  await settled(expect, get, 'Print', (one) => one.ready === 2, 'one is discarded');
  await go('/queues?show=paused');
  await page.getByRole('button', { name: 'Resume Print' }).click();
  await settled(expect, get, 'Print', (one) => !one.paused && one.ready === 0, 'resumed and done');
  await expect.text('[data-testid=queues]', 'No queue is like this');
}

export async function all_that_waits_is_discarded({ post, get, go, id, expect }) {
  await post('/__motia/api/queues/pause', { step: 'Print' });
  await send(post, { topic: 'print', data: { page: 1 } }, { topic: 'print', data: { page: 2 }, delay: 500 });
  await go('/queues/Print');
  await expect.count(rows, 1);
  await id('more').click();
  await id('discard-waiting').click();
  await expect.text('[role=dialog]', 'Discard 2 deliveries of Print?');
  await id('confirm').click();
  await settled(expect, get, 'Print', (one) => one.ready + one.delayed === 0, 'nothing waits');
  await post('/__motia/api/queues/resume', { step: 'Print' });
}

export async function a_long_queue_comes_page_by_page({ page, post, get, go, id, expect }) {
  await post('/__motia/api/queues/pause', { step: 'Print' });
  for (let bite = 0; bite < 5; bite += 1)
    await send(post, ...Array.from({ length: 100 }, (_, at) => ({ topic: 'print', data: { page: bite * 100 + at } })));
  await go('/queues/Print');
  await expect.text(rows, 'page: 0');
  if ((await page.locator(rows).count()) > 60) throw new Error('all rows are drawn');
  await expect.that(async () => {
    await id('deliveries').evaluate((one) => one.scrollTo(0, one.scrollHeight));
    return (await page.locator(rows).last().innerText()).includes('page: 499');
  }, 'the last of 500');
  await expect.text('[data-testid=queue]', '500 of 500 loaded');
  await post('/__motia/api/queues/discard', { step: 'Print', force: true });
  await post('/__motia/api/queues/resume', { step: 'Print' });
}

export async function the_keyboard_is_enough({ page, go, expect }) {
  await go('/queues/Nobody');
  await expect.text('[data-testid=queue]', 'Nothing waits for Nobody');
  await page.getByRole('link', { name: 'All queues' }).press('Enter');
  const list = page.getByRole('grid', { name: 'Queues' });
  await list.focus();
  await page.keyboard.press('End');
  await page.keyboard.press('Home');
  await page.keyboard.press('Enter');
  await expect.address('/queues/Charge');
}

export async function both_themes_are_accessible({ post, go, id, page, expect, axe, theme, size, shot }) {
  await door(post, 'charge', false);
  await send(post, { topic: 'charge', data: { customer: 'Hal' } });
  await theme('light');
  await go('/queues');
  await id('queue-Charge').waitFor();
  await axe();
  await shot('queues-light');
  await id('queue-Charge').click();
  await page.locator(rows).first().click();
  await expect.text('[data-testid=sidebar-panel]', 'The card of Hal was refused');
  await axe();
  await size(1024, 700);
  await shot('queue-dead-letter-small');
  await size(1440, 900);
  await theme('dark');
}

export async function given_deliveries_that_wait({ post, get, expect, given }) {
  await expect.that(async () => (await queue(get, given.step))?.kind === 'event', `${given.step} is there`);
  await post('/__motia/api/queues/pause', { step: given.step });
  await send(post, ...Array.from({ length: given.count }, (_, n) => ({ topic: given.topic, data: { n } })));
}

export async function given_a_step_that_is_gone({ page, post, get, given, go, id, expect, axe, shot }) {
  await go('/queues?show=left');
  await expect.text(`[data-testid=queue-${given.step}]`, 'gone');
  await post('/__motia/api/queues/pause', { step: given.to });
  await id(`queue-${given.step}`).click();
  await expect.text('[data-testid=orphan-note]', '3 deliveries wait');
  await expect.text('[data-testid=meaning]', 'nobody takes them');
  await axe();
  await shot('queue-orphaned');
  await id('redirect-orphans').click();
  await page.getByLabel('To the step').selectOption(given.to);
  await axe('[role=dialog]');
  await id('redirect-now').click();
  await expect.address(`/queues/${given.to}`);
  await expect.count(rows, 3);
  if ((await queue(get, given.to)).ready !== 3) throw new Error('they were not moved');
  await post('/__motia/api/queues/resume', { step: given.to });
}

export async function given_orphans_to_discard({ get, post, given, go, id, expect }) {
  await go(`/queues/${given.step}`);
  await expect.text('[data-testid=orphan-note]', '2 deliveries wait');
  await id('discard-orphans').click();
  await expect.text('[role=dialog]', 'Discard 2 deliveries');
  await id('confirm').click();
  await expect.text('[data-testid=queue]', `Nothing waits for ${given.step}`);
}
