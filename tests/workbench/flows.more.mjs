/** What is done in the page to see what changes beside the graph; goes on from `flows.mjs`. */
import { configOf, middle, placeOf, ready } from './flows.mjs';

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

export async function given_a_restart({ go, id, expect, forgive }) {
  forgive(/WebSocket|ERR_CONNECTION_REFUSED|Failed to load resource/);
  await ready({ go, id });
  await expect.that(async () => (await id('node-processpayment').getAttribute('data-state')) === 'failing', 'failing as before');
  await expect.text('[data-testid=node-processpayment]', 'Error:');
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

/** Judge tells itself of the next round, or Celebrate that it is won; Celebrate could begin another. */
export async function given_rounds({ page, go, id, expect, post, motion, axe, shot }) {
  await motion();
  await go('/flows/rounds');
  await id('node-celebrate').waitFor();
  await expect.count('[data-line]', 3);
  const colour = (test) => id(test).evaluate((one) => getComputedStyle(one).color);
  await expect.text('[data-testid=line-Judge-Celebrate]', 'won at last');
  if ((await colour('line-Judge-Celebrate')) === (await colour('line-Celebrate-Judge'))) throw new Error('both look alike');
  if (!(await id('line-Judge-Celebrate').getAttribute('title')).includes('sometimes emitted')) throw new Error('it does not say so');
  const loop = await page.locator('[data-line="Judge>Judge"] path').nth(1).evaluate((path) => {
    const { width, height } = path.getBBox();
    return { width, height, length: path.getTotalLength() };
  });
  const [there, back] = [await id('line-Celebrate-Judge').boundingBox(), await id('line-Judge-Celebrate').boundingBox()];
  if (Math.abs(there.y - back.y) < there.height) throw new Error('the line back lies upon the line forward');
  if (Math.min(loop.width, loop.height) < 20) throw new Error(`a loop that nobody sees: ${JSON.stringify(loop)}`);
  await expect.text('[data-testid=live-state]', 'Live');
  await post('/emit', { topic: 'round.begun', data: { left: 3 } });
  await expect.text('[data-testid=line-Judge-Judge]', /round\.begun\s*3/);
  await expect.text('[data-testid=line-Judge-Celebrate]', /won at last\s*1/);
  await expect.text('[data-testid=node-judge]', '4 runs');
  await axe();
  await shot('flows-rounds');
  await page.emulateMedia({ reducedMotion: 'reduce' });
}

/** Three hundred topics between seven steps: a graph one can read, not a pile of labels. */
export async function given_many_topics({ page, go, id, expect, post, axe, shot }) {
  await go('/flows/crowd');
  await id('node-s0').waitFor();
  await expect.count('[data-line]', 6);
  await expect.text('[data-testid=line-S0-S1]', /crowd\.0\.0\s+crowd\.0\.1\s+crowd\.0\.2\s+\+ 47 more/);
  // As large as a flow of seven steps is otherwise.
  const box = await id('node-s0').boundingBox();
  if (box.width < 90) throw new Error(`a step is ${box.width} px wide`);
  await axe();
  await shot('flows-many-topics');
  await post('/crowd');
  await expect.text('[data-testid=line-S0-S1]', /more\s+1$/);
  await id('line-S0-S1').click();
  await expect.count('[data-testid=line-topics] li', 50);
  await expect.text('[data-testid=line-topics] li', 'crowd.0.49');
  await expect.text('[data-testid=line-topics] li', /^crowd\.0\.7\s*1$/);
  await axe();
  await shot('flows-many-topics-open');
  await page.keyboard.press('Escape');
  await expect.gone('[data-testid=line-topics]');
}
