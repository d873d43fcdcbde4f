/** What is done in the page to see that the screen of the logs holds. */
import { readFile } from 'node:fs/promises';

const ROW = '[data-testid=log-row]';
const say = (post, ...lines) => post('/noise', { say: lines.map((one) => (typeof one === 'string' ? { msg: one } : one)) });

/** The page's own time from Enter in the search field to the frame in which a marked text says `text`. Typed and entered in one
 *  go, so that the field's own pause has no part in it. */
function painted(page, text) {
  return page.getByTestId('logs-search').evaluate(async (field, text) => {
    const wait = () => new Promise(requestAnimationFrame);
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(field, text);
    field.dispatchEvent(new InputEvent('input', { bubbles: true }));
    await Promise.resolve();
    const began = performance.now();
    field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }));
    while (![...document.querySelectorAll('mark')].some((one) => one.textContent.includes(text))) await wait();
    await wait();
    return performance.now() - began;
  }, text);
}

export async function given_nothing({ go, expect, axe, shot }) {
  await go('/logs');
  await expect.text('[data-testid=logs-container]', 'No lines yet');
  await expect.text('[data-testid=logs-container]', 'context.logger.info');
  await axe();
  await shot('logs-empty');
}

export async function follows_what_is_said({ go, post, expect, id }) {
  await go('/logs');
  await say(post, { msg: 'the first of all', level: 'warn', fields: { orderId: 'o-1' } });
  await expect.text(ROW, 'the first of all');
  await expect.text(ROW, 'orderId=o-1');
  await expect.text(ROW, 'warn');
  await expect.text(ROW, 'Noise');
  await post('/noise', { count: 300 });
  await expect.text(ROW, 'line 299 of noise');
  await expect.text('[data-testid=logs-follow]', 'Following');
  await expect.text('[data-testid=logs-count]', '301 lines');
  await id('logs-container').waitFor();
}

export async function stays_where_one_reads({ page, go, post, expect, id, shot }) {
  await go('/logs');
  await expect.text(ROW, 'line 299 of noise');
  await page.locator('[role=grid]').hover();
  await page.mouse.wheel(0, -1500);
  await expect.text('[data-testid=logs-follow]', 'Paused');
  const top = () => page.locator(ROW).first().innerText();
  const place = () => page.locator('[role=grid]').evaluate((one) => one.scrollTop);
  const before = [await top(), await place()];
  await say(post, 'unseen one', 'unseen two', 'unseen three');
  await expect.text('[data-testid=jump-to-latest]', '3 new lines');
  if (before[0] !== (await top())) throw new Error('what was read has moved');
  await shot('logs-paused');
  await id('jump-to-latest').click();
  await expect.text(ROW, 'unseen three');
  await expect.text('[data-testid=logs-follow]', 'Following');
  await expect.gone('[data-testid=jump-to-latest]');
}

export async function older_lines_come_when_one_scrolls_up({ page, go, expect }) {
  await go('/logs');
  await expect.text(ROW, 'unseen three');
  await page.locator('[role=grid]').focus();
  await expect.that(async () => {
    await page.keyboard.press('Home');
    return (await page.locator(ROW).allInnerTexts()).some((one) => one.includes('the first of all'));
  }, 'the first line of all');
}

export async function levels_and_steps({ page, go, expect, id }) {
  await go('/logs');
  await expect.text(ROW, 'unseen three');
  await page.getByRole('radio', { name: 'Error' }).click();
  await expect.address('level=error');
  await expect.that(async () => (await page.locator(ROW).allInnerTexts()).every((one) => one.includes('error')), 'errors only');
  await page.goBack();
  await expect.text(ROW, 'unseen three');
  await id('step-filter').click();
  await page.getByLabel('Search steps').fill('nois');
  await page.getByRole('option', { name: 'Noise' }).click();
  await expect.address('step=Noise');
  await expect.text(ROW, 'unseen three');
  await page.getByRole('button', { name: 'Lines of every step' }).click();
  await expect.address(/\/logs$/);
}

export async function one_click_shows_a_trace_alone({ page, go, post, expect, id }) {
  const { traceId } = await say(post, 'alone in its trace');
  await say(post, 'in another trace');
  await go('/logs');
  await expect.text(ROW, 'in another trace');
  await id(`trace-filter-${traceId}`).click();
  await expect.address(`trace=${traceId}`);
  await expect.count(ROW, 1);
  await expect.text(ROW, 'alone in its trace');
  await say(post, 'live, but of another trace');
  await id(`trace-filter-${traceId}`).click();
  await expect.text(ROW, 'live, but of another trace');
}

export async function words_are_found_and_marked({ page, go, post, expect, id, axe, shot }) {
  await say(post, { msg: 'Café crème was ordered', fields: { table: 'window-7' } });
  await go('/logs');
  await id('logs-search').fill('cafe creme');
  await page.keyboard.press('Enter');
  await expect.address('q=cafe+creme');
  await expect.count(ROW, 1);
  await expect.text('mark', 'Café crème');
  await say(post, 'CAFÉ CRÈME once more', 'tea once more');
  await expect.count(ROW, 2);
  await shot('logs-search');
  await axe();
  await id('logs-search').fill('window-7');
  await page.keyboard.press('Enter');
  await expect.count(ROW, 1);
  await expect.text('mark', 'window-7');
  await id('logs-search').fill('nothing says this');
  await expect.text('[data-testid=logs-container]', 'No line matches');
  await id('logs-search').fill('?!');
  await expect.text('[role=alert]', 'There is no word in this search');
  await page.getByRole('button', { name: 'Clear the search' }).click();
  await expect.text(ROW, 'once more');
}

export async function patterns_are_found_and_marked({ page, go, post, expect, id, shot }) {
  await say(post, { msg: 'with a field', fields: { orderId: 'o-1' } });
  await post('/noise', { count: 1500, about: 'pattern' });
  await go('/logs');
  await id('pattern-toggle').click();
  await id('logs-pattern').fill('customer-1[0-3]\\d\\b');
  await expect.address('re=');
  await expect.text('mark', /^customer-1[0-3]\d$/);
  await expect.that(
    async () => (await page.locator(ROW).allInnerTexts()).every((one) => /customer-1[0-3]\d/.test(one)),
    'only lines that have it',
  );
  await expect.text('[data-testid=logs-count]', 'looked through');
  await shot('logs-pattern');
  await page.reload();
  await expect.text('mark', /^customer-1[0-3]\d$/);
  await id('logs-pattern').fill('(');
  await expect.text('[role=alert]', 'Unterminated group');
  await id('logs-pattern').fill('order(Id|id)=o-1');
  await expect.text('mark', 'orderId=o-1');
}

export async function a_pattern_that_never_ends_is_stopped({ page, go, post, expect, id, strict }) {
  await say(post, 'a'.repeat(60) + '!');
  await go('/logs');
  await expect.text(ROW, 'aaaa');
  await id('pattern-toggle').click();
  await id('logs-pattern').fill('^.*(a+)+$');
  // The best of three: a machine that has other things to do is not the page standing still.
  const longest = async () => page.evaluate(
    () =>
      new Promise((done) => {
        const began = performance.now();
        let last = began;
        let longest = 0;
        const look = (now) => {
          longest = Math.max(longest, now - last);
          last = now;
          if (now - began > 400) done(longest);
          else requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
      }),
  );
  const found = [await longest(), await longest(), await longest()];
  if (Math.min(...found) > (strict ? 200 : 1000)) throw new Error(`the page stood still for ${found} ms`);
  await expect.text('[role=alert]', 'takes too long and was stopped');
  await id('logs-pattern').fill('a{60}!');
  await expect.count(ROW, 1);
}

export async function a_range_of_time({ page, go, post, expect, id }) {
  await say(post, 'just now');
  await go('/logs');
  await id('time-filter').click();
  await page.getByRole('button', { name: 'Last 5 min' }).click();
  await expect.address('since=5m');
  await expect.text(ROW, 'just now');
  await go(`/logs?until=${Date.now() - 3_600_000}`);
  await expect.text('[data-testid=logs-container]', 'No line matches');
  await expect.text('[data-testid=time-filter]', 'Until');
  await page.getByRole('button', { name: 'Lines of any time' }).click();
  await expect.text(ROW, 'just now');
}

export async function a_line_with_all_that_is_known({ page, go, post, expect, id, axe, shot, theme, size }) {
  const { traceId } = await say(post, { msg: 'many lines\n  at first\n  at second', level: 'error', fields: { order: { id: 'o-7' } } });
  await go('/logs');
  await expect.text(ROW, 'many lines');
  await expect.text(ROW, '3 lines');
  await page.locator(ROW, { hasText: 'many lines' }).click();
  await expect.text('[data-testid=log-message]', /many lines\s+at first\s+at second/);
  for (const said of ['error', 'Noise', 'python', 'orders', traceId, 'completed', 'the step said it', 'attempt 1', 'o-7'])
    await expect.text('[data-testid=sidebar-panel]', said);
  await axe();
  await shot('logs-line');
  await size(1024, 700);
  await theme('light');
  await axe();
  await shot('logs-line-light-1024');
  await theme('dark');
  await size(1440, 900);
  await page.locator('[data-testid=sidebar-panel]').getByRole('button', { name: 'Copy this line' }).click();
  await expect.that(
    async () => /ERROR \[Noise\] many lines\n {2}at first/.test(await page.evaluate(() => navigator.clipboard.readText())),
    'the line in the clipboard',
  );
  await page.reload();
  await expect.text('[data-testid=log-message]', 'at second');
  await id('close-panel').click();
  await expect.gone('[data-testid=sidebar-panel]');
  await page.locator('[role=grid]').focus();
  await page.keyboard.press('End');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Enter');
  await id('sidebar-panel').waitFor();
  await page.keyboard.press('Escape');
  await expect.gone('[data-testid=sidebar-panel]');
}

export { ROW, painted, say };
