/**
 * What somebody does who sees the workbench for the first time: finds everything by looking, opens no address but the
 * server's, and uses the mouse alone; keys only where a text has to be entered. One story, from an order to its replay.
 */

const NODES = ['createorder', 'processpayment', 'analyzeorder', 'generatereport'];
let order = '';
let failed = '';

/** The middle of what is there to be pressed, once it stands still and nothing lies above it. */
async function middle(it, target) {
  await target.first().waitFor();
  let found = null;
  await it.expect.that(async () => {
    const box = await target.first().boundingBox();
    if (!box) return false;
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    const isOpen = await target.first().evaluate((one, [x, y]) => {
      const top = document.elementFromPoint(x, y);
      return one === top || one.contains(top) || !!top?.contains(one);
    }, [x, y]);
    const isStill = found && Math.abs(found.x - x) + Math.abs(found.y - y) < 1;
    found = { x, y };
    return isOpen && isStill;
  }, `${target} can be pressed`);
  return found;
}

async function press(it, target) {
  const { x, y } = await middle(it, target);
  await it.page.mouse.move(x, y, { steps: 3 });
  await it.page.mouse.click(x, y);
}

const to = (it, screen) => press(it, it.page.getByRole('navigation').getByRole('link', { name: screen }));

/** Double-clicks a word in an editor, in the line that holds `line`, and types another one over it. */
async function overwrite(it, line, word, text) {
  const place = () =>
    it.page.evaluate(([line, word]) => {
      const row = [...document.querySelectorAll('[contenteditable=true] .cm-line')].find((one) => one.textContent.includes(line));
      if (!row) return null;
      const texts = document.createTreeWalker(row, NodeFilter.SHOW_TEXT);
      let found = null;
      while (texts.nextNode()) {
        const at = texts.currentNode.data.lastIndexOf(word);
        if (at < 0) continue;
        const range = document.createRange();
        range.setStart(texts.currentNode, at);
        range.setEnd(texts.currentNode, at + word.length);
        const { x, y, width, height } = range.getBoundingClientRect();
        found = { x: x + width / 2, y: y + height / 2 };
      }
      return found;
    }, [line, word]);
  const choose = async () => {
    const found = await place();
    if (found) await it.page.mouse.dblclick(found.x, found.y);
    return found && (await it.page.evaluate(() => getSelection().toString())) === word;
  };
  await it.expect.that(choose, `${word} in ${line} chosen by a double click`); // It may just have moved.
  await it.page.keyboard.type(text);
}

/** Opens Endpoints, fills in the order, and sends it by the button. */
async function sends(it, words) {
  await to(it, 'Endpoints');
  await press(it, it.page.getByTestId('endpoint-POST-/orders'));
  for (const [line, word, text] of words) await overwrite(it, line, word, text);
  await it.expect.text('[data-testid=endpoint-body-check]', 'Fits the schema');
  await press(it, it.page.getByRole('button', { name: 'Send', exact: true }));
  await it.expect.text('[data-testid=endpoint-response-container]', '201 Created');
  const said = await it.page.getByTestId('endpoint-json').innerText();
  return /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/.exec(said)[0];
}

/** Drops of light by the line they run along, from now on. */
const watchDrops = (page) =>
  page.evaluate(() => {
    window.drops = new Set();
    new MutationObserver((changes) => {
      for (const { addedNodes } of changes)
        for (const one of addedNodes) if (one.nodeName === 'circle') window.drops.add(one.closest('[data-line]')?.dataset.line);
    }).observe(document.body, { subtree: true, childList: true });
  });

/** In the page: a drop is on the first half of a line. */
const isUnderway = () =>
  [...document.querySelectorAll('[data-line="ProcessPayment>AnalyzeOrder"] circle')].some((one) => {
    const style = getComputedStyle(one);
    return Number(style.opacity) > 0.9 && Number.parseFloat(style.offsetDistance) > 20;
  });

export async function opens_the_server(it) {
  await it.motion();
  await it.size(1280, 800);
  await it.page.goto(`${it.server}/`);
  await it.expect.address('/__motia/workbench/overview');
  await it.expect.text('h1', 'Overview');
  await it.expect.text('[data-testid=verdict]', /well|Nothing/);
  await it.expect.text('[data-testid=live-state]', 'Live');
  await it.shot('stranger-01-overview');
}

export async function sees_the_flow(it) {
  await to(it, 'Flows');
  for (const [name, language] of [['createorder', 'typescript'], ['processpayment', 'javascript'], ['analyzeorder', 'python'], ['generatereport', 'ruby']]) {
    await it.id(`node-${name}`).waitFor();
    const said = await it.id(`node-${name}`).innerText();
    if (!said.includes(language)) throw new Error(`${name} does not say ${language}: ${said}`);
  }
  await it.expect.count('[data-line]', 4);
  await it.shot('stranger-02-flow');
}

export async function sends_an_order(it) {
  order = await sends(it, [
    ['"customer"', 'string', 'Ada'],
    ['"city"', 'unknown', 'Lisbon'],
    ['"sku"', 'string', 'TEA-014'],
    ['"title"', 'string', 'Sencha, 100 g'],
    ['"quantity"', '1', '2'],
    ['"price"', '1', '8'],
  ]);
  await it.shot('stranger-03-order');
}

export async function watches_it_pass(it) {
  await watchDrops(it.page);
  await to(it, 'Flows');
  const hops = ['CreateOrder>ProcessPayment', 'ProcessPayment>AnalyzeOrder', 'AnalyzeOrder>GenerateReport'];
  for (const hop of hops) await it.expect.that(() => it.page.evaluate((one) => window.drops.has(one), hop), `a drop along ${hop}`);
  await it.expect.that(() => it.page.evaluate(isUnderway), 'a drop that is seen');
  await it.shot('stranger-04-pulse', { animations: 'allow' });
  for (const hop of hops) await it.expect.text(`[data-testid=line-${hop.replace('>', '-')}]`, /\s1$/);
  for (const node of NODES) await it.expect.text(`[data-testid=node-${node}]`, '1 run');
}

export async function opens_its_trace(it) {
  await to(it, 'Traces');
  await press(it, it.page.getByTestId('traces-container').getByText('CreateOrder'));
  await it.expect.count('[data-testid=trace-timeline-item]', 4);
  await it.shot('stranger-05-trace');
}

export async function reads_what_ruby_said(it) {
  await press(it, it.page.getByTestId('trace-timeline-item').filter({ hasText: 'GenerateReport' }));
  await it.expect.text('[data-testid=sidebar-panel]', 'Report generated');
  await press(it, it.page.getByTestId('run-logs'));
  await it.expect.address('/logs');
  await press(it, it.page.getByText('Report generated'));
  await it.expect.text('[data-testid=sidebar-panel]', 'ruby');
  await it.shot('stranger-06-log');
}

export async function changes_a_value(it) {
  await to(it, 'State');
  await press(it, it.page.getByTestId('group-orders'));
  await press(it, it.page.getByTestId(`item-orders:${order}`));
  await press(it, it.page.getByRole('button', { name: 'Edit', exact: true }));
  await overwrite(it, '"city"', 'Lisbon', 'Porto');
  await it.shot('stranger-07-state');
  await press(it, it.page.getByTestId('state-save'));
  await it.expect.text('[data-testid=sidebar-panel]', 'Porto');
  await it.expect.text('[data-testid=sidebar-panel]', 'No changes');
}

export async function a_later_run_sees_it(it) {
  await to(it, 'Endpoints');
  await press(it, it.page.getByTestId('endpoint-GET-/orders/:id'));
  await press(it, it.page.getByTestId('endpoint-path-id'));
  await it.page.keyboard.type(order);
  await press(it, it.page.getByRole('button', { name: 'Send', exact: true }));
  await it.expect.text('[data-testid=endpoint-json]', 'Porto');
}

export async function makes_a_step_fail(it) {
  failed = await sends(it, [['"quantity"', '2', '500']]);
  await to(it, 'Flows');
  await it.expect.text('[data-testid=node-processpayment]', 'is above the limit');
  await it.expect.text('[data-testid=node-processpayment]', '1 dead');
  await it.shot('stranger-08-failing');
}

export async function finds_it_on_the_overview(it) {
  await to(it, 'Overview');
  await it.expect.text('[data-testid=verdict]', '1 delivery ended as a dead letter');
  await it.expect.text('[data-testid=failure]', 'ProcessPayment');
  await it.expect.text('[data-testid=failure]', 'bank/limit');
  await it.shot('stranger-09-failure');
}

export async function mends_the_cause(it) {
  await to(it, 'State');
  await press(it, it.page.getByTestId('group-bank'));
  await press(it, it.page.getByTestId('item-bank:limit'));
  await press(it, it.page.getByRole('button', { name: 'Edit', exact: true }));
  await overwrite(it, '1000', '1000', '5000');
  await press(it, it.page.getByTestId('state-save'));
  await it.expect.text('[data-testid="item-bank:limit"]', '5000');
  await it.expect.text('[data-testid=sidebar-panel]', 'No changes');
}

export async function redrives_the_dead_letter(it) {
  await to(it, 'Overview');
  await press(it, it.page.getByTestId('failure').getByRole('button', { name: 'Redrive' }));
  await it.expect.text('body', 'put back into the queue');
  await it.expect.text('[data-testid=figures]', /Dead letters\s*0/);
  await it.shot('stranger-10-redriven');
  await to(it, 'Traces');
  await press(it, it.page.getByTestId('traces-container').getByText('CreateOrder').first());
  await it.expect.that(async () => {
    const all = await it.page.getByTestId('trace-timeline-item').allInnerTexts();
    return ['AnalyzeOrder', 'GenerateReport'].every((name) => all.some((one) => one.includes(name)));
  }, 'the rest of the trace');
  if ((await it.get(`/__motia/api/state/item?groupId=orders&key=${failed}`)).value.status !== 'paid') throw new Error('not paid');
  await it.shot('stranger-11-mended');
}

export async function replays_the_trace(it) {
  const before = it.page.url();
  await press(it, it.page.getByTestId('replay-trace'));
  await press(it, it.page.getByTestId('replay-start'));
  await it.expect.that(() => it.page.url() !== before, 'another trace');
  await it.expect.text('[data-testid=replay-of]', /replay/i);
  await it.expect.count('[data-testid=trace-timeline-item]', 4);
  await it.expect.text('[data-testid=trace-details]', 'completed');
  await it.shot('stranger-12-replay');
}
