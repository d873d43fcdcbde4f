/** What is done in the page to see that the flows screen holds. */

const ORDER = {
  customer: 'Ada',
  city: 'Oslo',
  currency: 'EUR',
  items: [{ sku: 'a1', title: 'Lamp', quantity: 2, price: 19.5 }],
};

const ready = async ({ go, id }, path = '/flows/orders') => {
  await go(path);
  await id('node-createorder').waitFor();
};
/** Where a node stands in the graph. */
const placeOf = (page, name) =>
  page.evaluate((testId) => {
    const node = document.querySelector(`[data-testid="${testId}"]`).closest('.react-flow__node');
    const [x, y] = node.style.transform.match(/-?[\d.]+/g).map(Number);
    return { x, y };
  }, `node-${name}`);
const configOf = async (get) => (await get('/__motia/api/flows/orders')).config;
const middle = async (id, name) => {
  const { x, y, width, height } = await id(`node-${name}`).boundingBox();
  return { x: x + width / 2, y: y + height / 2 };
};
/** Drops of light, from now on, by the line they run along. */
const watchDrops = (page) =>
  page.evaluate(() => {
    window.drops = [];
    new MutationObserver((changes) => {
      for (const { addedNodes } of changes)
        for (const one of addedNodes) if (one.nodeName === 'circle') window.drops.push(one.closest('[data-line]')?.dataset.line);
    }).observe(document.body, { subtree: true, childList: true });
  });
const counted = (page, from, to) => page.getByTestId(`line-${from}-${to}`).innerText();

export async function draws_the_flow_from_its_topics({ page, go, id, expect, axe, shot, theme }) {
  await ready({ go, id }, '/flows');
  await expect.count('.react-flow__node', 8);
  await expect.count('[data-line]', 4);
  for (const one of ['createorder', 'processpayment', 'analyzeorder', 'generatereport', 'parcelservice', 'countopenorders', 'getorder'])
    await id(`node-${one}`).waitFor();
  await expect.text('[data-testid=node-createorder]', '/orders');
  await expect.text('[data-testid=node-createorder]', 'POST');
  await expect.text('[data-testid=node-processpayment]', 'order.created');
  await expect.text('[data-testid=node-countopenorders]', '*/10');
  await expect.text('[data-testid=line-CreateOrder-ProcessPayment]', 'order.created');
  const virtual = await page.locator('[data-virtual=true]').evaluateAll((all) => all.map((one) => one.dataset.line));
  if (virtual.join() !== 'ProcessPayment>ParcelService') throw new Error(`drawn only: ${virtual}`);
  // Left to right.
  const x = async (name) => (await placeOf(page, name)).x;
  const order = [await x('createorder'), await x('processpayment'), await x('analyzeorder'), await x('generatereport')];
  if (order.some((one, at) => at > 0 && one <= order[at - 1])) throw new Error(`not from left to right: ${order}`);
  // Ends are there where something begins or ends at them.
  const ends = (name) =>
    id(`node-${name}`).locator('.react-flow__handle').evaluateAll((all) => all.map((one) => getComputedStyle(one).visibility));
  if (String(await ends('createorder')) !== 'hidden,visible') throw new Error(`CreateOrder: ${await ends('createorder')}`);
  if (String(await ends('getorder')) !== 'hidden,hidden') throw new Error(`GetOrder: ${await ends('getorder')}`);
  await axe();
  await shot('flows-dark');
  await theme('light');
  await axe();
  await shot('flows-light');
  await theme('dark');
}

export async function a_flow_is_chosen({ page, go, id, expect }) {
  await ready({ go, id });
  await id('flows-dropdown-trigger').click();
  await id('dropdown-orders').waitFor();
  await id('dropdown-all-steps').click();
  await expect.address('/flows/*');
  await expect.text('[data-testid=flows-dropdown-trigger]', 'All steps');
  await expect.count('.react-flow__node', 8);
  await page.goBack();
  await expect.address('/flows/orders');
  await go('/flows/nothing-of-this-name');
  await expect.text('main', 'There is no flow called nothing-of-this-name');
}

export async function a_step_is_found({ page, go, id, expect }) {
  await ready({ go, id });
  await id('flow-search').fill('analytics.updated');
  await expect.text('[data-testid=flow-found]', '2 found');
  await expect.address('q=analytics.updated');
  const isDim = (name) => id(`node-${name}`).evaluate((one) => Number(getComputedStyle(one).opacity) < 0.5);
  await expect.that(() => isDim('createorder'), 'the others are dimmed');
  if (await isDim('generatereport')) throw new Error('what was found is dimmed');
  await id('flow-search').fill('generaterep');
  await expect.text('[data-testid=flow-found]', '1 found');
  await expect.that(async () => {
    const [{ x, y }, frame] = [await middle(id, 'generatereport'), await id('flow-canvas').boundingBox()];
    return Math.abs(x - frame.x - frame.width / 2) < 5 && Math.abs(y - frame.y - frame.height / 2) < 5;
  }, 'the step in the middle');
  await page.keyboard.press('Escape');
  await expect.gone('[data-testid=flow-found]');
}

export async function the_panel_tells_of_a_step({ page, go, id, expect, axe, shot }) {
  await ready({ go, id });
  await id('node-processpayment').click();
  await expect.address('step=');
  await expect.text('[data-testid=sidebar-panel]', 'steps/process-payment.step.js');
  await expect.text('[data-testid=sidebar-panel]', 'payment.processed');
  const links = await id('sidebar-panel').locator('a').evaluateAll((all) => all.map((one) => new URL(one.href).pathname.split('workbench')[1]));
  for (const one of ['/traces', '/logs', '/queues/ProcessPayment', '/state'])
    if (!links.includes(one)) throw new Error(`no link to ${one}: ${links}`);
  await axe();
  await id('step-run').click();
  await expect.address('tab=run');
  await expect.text('[data-testid=run-input]', '"amount"');
  await page.reload();
  await expect.text('[data-testid=run-input]', '"currency"');
  await page.goBack();
  await expect.gone('[data-testid=sidebar-panel]');
  await id('node-createorder').click();
  await expect.text('[data-testid=sidebar-panel]', 'CreateOrder');
  await shot('flows-panel');
  await page.keyboard.press('Escape');
  await expect.gone('[data-testid=sidebar-panel]');
}

export async function a_step_is_run_by_hand({ page, go, id, expect }) {
  await ready({ go, id }, '/flows/orders?step=GetReport&tab=run');
  await id('run-step').click();
  await expect.text('[data-testid=run-result]', /completed/i);
  await expect.text('[data-testid=run-result]', 'No report yet');
  await id('run-result').getByText('Open its trace').click();
  await expect.address('/traces/');
  await page.goBack();
}

export async function pulses_run_where_events_pass({ page, go, id, expect, post, shot }) {
  await ready({ go, id });
  await expect.text('[data-testid=live-state]', 'Live');
  await watchDrops(page);
  const { id: order } = await post('/orders', ORDER);
  if (!order) throw new Error('no order was taken');
  for (const line of ['CreateOrder>ProcessPayment', 'ProcessPayment>AnalyzeOrder', 'AnalyzeOrder>GenerateReport'])
    await expect.that(() => page.evaluate((one) => window.drops.includes(one), line), `a drop along ${line}`);
  await shot('flows-pulse');
  await expect.text('[data-testid=line-AnalyzeOrder-GenerateReport]', /analytics\.updated\s*1/);
  await expect.text('[data-testid=node-generatereport]', '1 run');
  if (await page.evaluate(() => window.drops.includes('ProcessPayment>ParcelService'))) throw new Error('nothing is sent to a noop');
  await post('/orders', ORDER);
  await expect.text('[data-testid=line-CreateOrder-ProcessPayment]', /order\.created\s*2/);
  await expect.that(() => page.evaluate(() => document.querySelectorAll('[data-line] circle').length === 0), 'drops that end');
}

export async function without_motion_there_are_counts_only({ page, go, id, expect, post }) {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  try {
    await ready({ go, id });
    await expect.text('[data-testid=live-state]', 'Live');
    await watchDrops(page);
    await post('/orders', ORDER);
    await expect.text('[data-testid=line-CreateOrder-ProcessPayment]', /order\.created\s*1/);
    if (await page.evaluate(() => window.drops.length)) throw new Error('something moves');
  } finally {
    await page.emulateMedia({ reducedMotion: 'no-preference' });
  }
}

export async function arrows_lead_from_step_to_step({ page, go, id, expect }) {
  await ready({ go, id });
  await id('node-createorder').focus();
  const focused = () => page.evaluate(() => document.activeElement?.dataset.testid);
  await page.keyboard.press('ArrowRight');
  await expect.that(async () => (await focused()) === 'node-processpayment', 'the step to the right');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await expect.that(async () => (await focused()) === 'node-generatereport', 'the last one');
  await page.keyboard.press('ArrowLeft');
  await expect.that(async () => (await focused()) !== 'node-generatereport', 'one to the left');
  await page.keyboard.press('Enter');
  await id('sidebar-panel').waitFor();
  const chosen = await focused();
  const name = await id('sidebar-panel').locator('h2').first().innerText();
  if (chosen !== `node-${name.toLowerCase()}`) throw new Error(`${name} is open, ${chosen} has the focus`);
}

export async function a_place_is_saved_and_tidied({ page, go, id, expect, get }) {
  await ready({ go, id });
  const before = await placeOf(page, 'createorder');
  const { x, y } = await middle(id, 'createorder');
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + 10, y - 60, { steps: 4 });
  await page.mouse.move(x + 20, y - 120, { steps: 4 });
  await page.mouse.up();
  await expect.that(async () => (await configOf(get))['steps/create-order.step.ts'], 'a saved place');
  const after = await placeOf(page, 'createorder');
  if (after.y >= before.y - 60) throw new Error(`it did not move: ${JSON.stringify([before, after])}`);
  const saved = (await configOf(get))['steps/create-order.step.ts'];
  if (saved.x !== Math.round(after.x) || saved.y !== Math.round(after.y))
    throw new Error(`${JSON.stringify(saved)} is not ${JSON.stringify(after)}`);
  await page.reload();
  await id('node-createorder').waitFor();
  const again = await placeOf(page, 'createorder');
  if (again.x !== saved.x || again.y !== saved.y) throw new Error(`after a reload it stands at ${JSON.stringify(again)}`);

  await page.getByLabel('Move the exit of CreateOrder to the bottom').click();
  await expect.that(async () => (await configOf(get))['steps/create-order.step.ts'].sourceHandlePosition === 'bottom', 'the exit below');
  await page.getByLabel('Move the entry of ProcessPayment to the top').click();
  await expect.that(async () => (await configOf(get))['steps/process-payment.step.js'].targetHandlePosition === 'top', 'the entry above');
  await page.getByLabel('Move the exit of CreateOrder to the right').click();
  await expect.that(async () => !('sourceHandlePosition' in (await configOf(get))['steps/create-order.step.ts']), 'the exit where it was');

  await id('flow-tidy').click();
  await id('confirm').click();
  await expect.that(async () => Object.keys(await configOf(get)).length === 0, 'nothing put anywhere');
  await expect.that(async () => (await placeOf(page, 'createorder')).y === before.y, 'the place of before');
}

export async function given_another_tool_moves({ page, given, expect, id, go }) {
  await ready({ go, id });
  const { x, y } = await middle(id, 'createorder');
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + 40, y + 90, { steps: 5 });
  return placeOf(page, 'createorder');
}

export async function given_it_has_moved({ page, given, expect }) {
  await expect.that(async () => (await placeOf(page, 'getreport')).x === given.x, 'the other step where the file has it');
  const held = await placeOf(page, 'createorder');
  if (held.x !== given.held.x || held.y !== given.held.y) throw new Error(`it was taken out of the hand: ${JSON.stringify(held)}`);
  await page.mouse.up();
}

export async function given_features({ page, go, id, expect, shot }) {
  await ready({ go, id });
  await id('node-processpayment').hover();
  await id('open-code-preview-button-processpayment').click();
  await expect.address('tab=source');
  await expect.text('[data-testid=step-source-view]', 'const FEE');
  await expect.text('[data-feature-id=once]', 'Charged once');
  await page.locator('[data-feature-id=once]').click();
  await expect.that(async () => (await page.locator('[data-feature-id=once]').getAttribute('aria-pressed')) === 'true', 'it is chosen');
  const marked = () =>
    page.evaluate(() => [...document.querySelectorAll('.cm-line')].filter((one) => one.classList.contains('cm-marked')).map((one) => one.textContent));
  await expect.that(async () => (await marked()).some((one) => one.includes("once('charge'")), 'its lines are marked');
  if ((await marked()).some((one) => one.includes('const FEE'))) throw new Error('other lines are marked');
  await shot('flows-source');
}

export async function given_a_failure({ page, go, id, expect, post, axe, shot }) {
  await ready({ go, id });
  await post('/emit', { topic: 'order.created', data: {} });
  await expect.that(async () => (await id('node-processpayment').getAttribute('data-state')) === 'failing', 'a failing node');
  await expect.text('[data-testid=node-processpayment]', 'Error:');
  await expect.text('[data-testid=node-processpayment]', '1 waiting');
  await axe();
  await shot('flows-failing');
  await id('node-processpayment').locator('a[title*="Open the trace"]').click();
  await expect.address('/traces/');
  await page.goBack();
  // Also for those who come later.
  await page.reload();
  await expect.that(async () => (await id('node-processpayment').getAttribute('data-state')) === 'failing', 'still failing');
  await id('node-processpayment').click();
  await id('step-failing').waitFor();
  await post('/__motia/api/run', {
    step: 'ProcessPayment',
    input: { id: 'an-order-of-its-own', amount: 12, currency: 'EUR' },
  });
  await expect.that(async () => (await id('node-processpayment').getAttribute('data-state')) !== 'failing', 'well again');
}

export async function given_a_step_to_add({ page, go, id, expect, given, axe, shot, get }) {
  await ready({ go, id });
  await id('add-step').click();
  await id('add-step-form').waitFor();
  await page.getByRole('radio', { name: given.kind }).or(page.getByRole('button', { name: given.kind, exact: true })).first().click();
  await page.getByLabel('Name').fill(given.name);
  await page.getByLabel('Language').selectOption(given.language);
  for (const [label, value] of Object.entries(given.fields)) await page.getByLabel(label).fill(value);
  await expect.text('[data-testid=add-step-file]', given.file);
  await axe('[role=dialog]');
  if (given.shot) await shot('flows-add');
  await id('add-step-write').click();
  await id(`node-${given.name.toLowerCase()}`).waitFor({ timeout: 20000 });
  await expect.address('step=');
  await expect.text('[data-testid=sidebar-panel]', given.file);
}

export async function given_an_unheard_topic({ go, id, expect }) {
  await ready({ go, id });
  await expect.text('[data-testid=node-sendinvoice]', 'nobody listens');
}

export async function given_a_component({ page, go, id, expect, axe, shot }) {
  await ready({ go, id });
  await page.locator('[data-custom-node=ParcelService]').waitFor({ timeout: 20000 });
  await expect.text('[data-testid=node-parcelservice]', 'Parcels: 0');
  await page.getByTestId('own-button').click();
  await expect.text('[data-testid=node-parcelservice]', 'Parcels: 1');
  await axe();
  await shot('flows-custom');
}

export async function given_a_component_that_changed({ expect }) {
  await expect.text('[data-testid=node-parcelservice]', 'Boxes');
}

export async function given_a_component_that_throws({ page, expect, forgive }) {
  forgive(/out of boxes/);
  await expect.text('[data-testid=custom-node-note]', 'out of boxes');
  await expect.text('[data-testid=node-parcelservice]', 'Collects what was paid');
}

export async function given_a_component_that_is_broken({ expect }) {
  await expect.text('[data-testid=custom-node-note]', 'ship-order.step.tsx:2');
}
