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

export async function pulses_run_where_events_pass({ page, go, id, expect, post, motion, shot }) {
  await motion();
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
  await ready({ go, id });
  await expect.text('[data-testid=live-state]', 'Live');
  await watchDrops(page);
  await post('/orders', ORDER);
  await expect.text('[data-testid=line-CreateOrder-ProcessPayment]', /order\.created\s*1/);
  if (await page.evaluate(() => window.drops.length)) throw new Error('something moves');
}

export { configOf, middle, placeOf, ready };
