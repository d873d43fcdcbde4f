/** What is done in the page to see how lines are read, narrowed down and cleared; goes on from `logs.mjs`. */
import { readFile } from 'node:fs/promises';
import { ROW, painted, say } from './logs.mjs';

export async function its_trace_is_one_click_away({ page, go, post, expect }) {
  const { traceId } = await say(post, 'leads to its trace');
  await go('/logs');
  await page.locator(ROW, { hasText: 'leads to its trace' }).click();
  await page.locator('[data-testid=sidebar-panel]').getByRole('link', { name: traceId }).click();
  await expect.address(`/traces/${traceId}`);
  await page.goBack();
  await expect.text('[data-testid=log-message]', 'leads to its trace');
}

export async function printed_lines_have_their_colours({ page, go, post, expect, id, shot }) {
  await post('/noise', { print: '\u001b[32mgreen\u001b[0m and \u001b[1;31mbold red\u001b[0m' });
  await go('/logs');
  await expect.text(ROW, 'green and bold red');
  const line = page.locator(ROW, { hasText: 'green and bold red' });
  const colours = () => line.locator('span span').evaluateAll((all) => all.map((one) => [one.textContent, getComputedStyle(one).color]));
  const [green, red] = [(await colours()).find(([text]) => text === 'green'), (await colours()).find(([text]) => text === 'bold red')];
  if (!green || !red || green[1] === red[1]) throw new Error(`no colours: ${JSON.stringify(await colours())}`);
  await line.click();
  await expect.text('[data-testid=sidebar-panel]', 'stdout');
  await shot('logs-colours');
}

export async function lines_are_shown_as_one_likes({ page, go, post, expect, id, shot }) {
  await say(post, `${'a long tale '.repeat(60)}\nand its end`);
  await go('/logs');
  await expect.text(ROW, 'a long tale');
  const height = () => page.locator(ROW, { hasText: 'a long tale' }).last().evaluate((one) => one.offsetHeight);
  const flat = await height();
  await id('log-view').click();
  await id('wrap-lines').click();
  await expect.that(async () => (await height()) > flat * 2, 'a higher row');
  await expect.text('[data-testid=logs-follow]', 'Following');
  await expect.text(ROW, 'and its end');
  await id('log-view').click();
  await id('short-times').click();
  await expect.text('time', /^\d\d:\d\d:\d\d$/);
  await shot('logs-wrapped');
  await page.reload();
  await expect.that(async () => (await height()) > flat * 2, 'remembered');
  for (const one of ['wrap-lines', 'short-times']) {
    await id('log-view').click();
    await id(one).click();
  }
  await expect.that(async () => (await height()) === flat, 'a flat row');
}

export async function what_matches_is_downloaded({ page, go, post, expect, id }) {
  await say(post, { msg: 'kept for the file', fields: { n: 1 } }, { msg: 'kept for the file', fields: { n: 2 } });
  await go('/logs?q=kept+for+the+file&re=n%3D2');
  await expect.count(ROW, 1);
  const waits = page.waitForEvent('download');
  await id('download-logs').click();
  const lines = (await readFile(await (await waits).path(), 'utf8')).trim().split('\n').map((one) => JSON.parse(one));
  if (lines.length !== 1 || lines[0].n !== 2) throw new Error(`the file holds ${JSON.stringify(lines)}`);
  await expect.text('body', '1 line in the file');
}

export async function lines_around_one_that_was_found({ page, go, post, expect }) {
  await say(post, 'right before it', 'the lonely one', 'right after it');
  await post('/noise', { count: 1500, about: 'what came later' });
  await go('/logs?q=lonely');
  await page.locator(ROW, { hasText: 'the lonely one' }).click();
  await page.getByRole('link', { name: 'Lines around this one' }).click();
  await expect.text(ROW, 'right before it');
  await expect.text(ROW, 'right after it');
  await expect.text(`${ROW}[aria-selected=true]`, 'the lonely one');
  await expect.text('[data-testid=logs-follow]', 'Looking at the past');
  await page.reload();
  await expect.text(`${ROW}[aria-selected=true]`, 'the lonely one');
  // Reading on leads back to what is live.
  await page.locator('[role=grid]').focus();
  await expect.that(async () => {
    await page.keyboard.press('End');
    return (await page.locator('[data-testid=logs-follow]').innerText()).includes('Following');
  }, 'the end of the log');
  await expect.text(ROW, 'line 1499 of what came later');
  await say(post, 'and on it goes');
  await expect.text(ROW, 'and on it goes');
}

export async function back_from_the_past_to_what_is_new({ page, go, post, expect, id }) {
  await say(post, 'old one');
  await post('/noise', { count: 1500, about: 'what came after' });
  await go('/logs?q=old+one');
  await page.locator(ROW, { hasText: 'old one' }).click();
  await page.getByRole('link', { name: 'Lines around this one' }).click();
  await expect.text('[data-testid=logs-follow]', 'Looking at the past');
  await say(post, 'brand new');
  await expect.text('[data-testid=jump-to-latest]', '1 new line');
  await id('jump-to-latest').click();
  await expect.text(ROW, 'brand new');
  await expect.text('[data-testid=logs-follow]', 'Following');
}

export async function both_themes_are_accessible({ go, expect, axe, theme, shot, size }) {
  for (const name of ['light', 'dark']) {
    await theme(name);
    await go('/logs');
    await expect.text(ROW, 'brand new');
    await axe();
    await shot(`logs-${name}`);
  }
  await size(1024, 700);
  await shot('logs-1024');
  await size(1440, 900);
}

export async function given_lines_before_a_restart({ go, post, expect }) {
  await go('/logs');
  await say(post, 'before the restart');
  await expect.text(ROW, 'before the restart');
}

export async function given_lines_after_a_restart({ post, expect, forgive }) {
  forgive(/WebSocket|ERR_CONNECTION_REFUSED|Failed to load resource/);
  // Perhaps before the page is connected again: it is asked for then.
  await say(post, 'after the restart');
  await expect.text(ROW, 'before the restart');
  await expect.text(ROW, 'after the restart');
  await expect.text('[data-testid=logs-follow]', 'Following');
}

export async function given_many_lines({ page, go, expect, held, strict, shot }) {
  await go('/logs');
  await expect.text(ROW, 'line 1999 of the rest');
  // The first search also takes in the words of the lines written last; the rest is what a search costs.
  const first = await painted(page, 'needle in the hay');
  const took = [];
  for (const text of ['customer-97', 'the flood', 'line 99', 'hay', 'customer-976']) {
    await page.getByRole('button', { name: 'Clear the search' }).click();
    await expect.text(ROW, 'line 1999 of the rest');
    took.push(await painted(page, text));
  }
  await shot('logs-many');
  await page.getByRole('button', { name: 'Clear the search' }).click();
  await expect.text(ROW, 'line 1999 of the rest');

  // Back through 20,000 lines; then every move is measured.
  await page.locator('[role=grid]').focus();
  const loaded = async () => Number(/back|([\d.,k ]+) lines/.exec(await page.locator('[data-testid=logs-count]').innerText())?.[1]?.replace(' k', '000').replace(/\D/g, '') ?? 0);
  await expect.that(async () => {
    await page.keyboard.press('Home');
    return (await loaded()) >= 2500;
  }, 'older lines');
  const moves = [];
  for (const key of ['End', 'PageUp', 'PageUp', 'PageUp', 'ArrowUp', 'End', 'PageUp', 'PageUp'])
    moves.push(
      await page.evaluate(
        (key) =>
          new Promise((done) => {
            const began = performance.now();
            document.querySelector('[role=grid]').dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
            requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - began)));
          }),
        key,
      ),
    );
  if (held(took) > (strict ? 300 : 1500)) throw new Error(`searches took ${took.map(Math.round)} ms from Enter to painted rows`);
  if (held(moves) > (strict ? 100 : 500)) throw new Error(`moves took ${moves.map(Math.round)} ms`);
  return { first: Math.round(first), search: took.map(Math.round), moves: moves.map(Math.round) };
}

export async function words_that_turn_the_writing_turn_their_own_part_only({ page, go, post, expect }) {
  await post('/noise', { say: [{ msg: 'turned \u202eby this', fields: { orderId: 'o-turned' } }] });
  await go('/logs?q=o-turned');
  await expect.text(ROW, 'turned');
  const [message, fields] = await page.locator(ROW).first().evaluate((row) =>
    ['turned', 'orderId'].map((word) => {
      const texts = document.createTreeWalker(row, NodeFilter.SHOW_TEXT);
      while (!texts.nextNode().textContent.includes(word));
      const range = document.createRange();
      range.selectNodeContents(texts.currentNode);
      return range.getBoundingClientRect();
    }),
  );
  if (fields.left < message.right) throw new Error('the fields stand within the message');
}

export async function given_some_lines_to_clear({ page, go, expect, id, shot }) {
  await go('/logs');
  await expect.text(ROW, 'line 2 of noise');
  await id('clear-logs').click();
  await expect.text('[role=dialog]', 'for everybody');
  await shot('logs-clear');
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect.text(ROW, 'line 2 of noise');
  await id('clear-logs').click();
  await id('confirm').click();
  await expect.text('[data-testid=logs-container]', 'No lines yet');
}
