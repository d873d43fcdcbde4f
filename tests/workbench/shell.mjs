/** What is done in the page to see that the shell holds. */

const RAIL = {
  'overview-link': 'Overview',
  'flow-link': 'Flows',
  'endpoints-link': 'Endpoints',
  'tracing-link': 'Traces',
  'logs-link': 'Logs',
  'states-link': 'State',
  'queues-link': 'Queues',
  'cron-link': 'Cron',
  'streams-link': 'Streams',
  'workers-link': 'Workers',
};

export async function paints_within_a_second({ page, go, expect, strict }) {
  await go('/');
  const seen = () => page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0);
  await expect.that(seen, 'a first paint');
  const painted = await seen();
  if (!(painted <= (strict ? 1000 : 5000))) throw new Error(`the first paint came after ${painted} ms`);
}

export async function every_screen_is_a_link_of_the_rail({ page, go, id, expect, shot }) {
  await go('/');
  await expect.address('/__motia/workbench/overview');
  for (const [testId, label] of Object.entries(RAIL)) {
    await id(testId).click();
    await expect.text('h1', label);
    await expect.that(async () => (await page.title()).startsWith(`${label} · orders`), `the title of ${label}`);
    if ((await id(testId).getAttribute('aria-current')) !== 'page') throw new Error(`${label} is not marked`);
  }
  await page.goBack();
  await expect.text('h1', 'Streams');
  await shot('shell-dark');
}

export async function deep_links_outlive_a_reload({ page, go, expect }) {
  for (const [path, label] of [
    ['/traces/A-1-b?run=2', 'Traces'],
    ['/queues/My%20Step', 'Queues'],
    ['/flows/a%2Fb', 'Flows'],
  ]) {
    await go(path);
    await expect.text('h1', label);
    await page.reload();
    await expect.text('h1', label);
    await expect.address(path.split('?')[0]);
  }
}

export async function what_is_mistyped_is_said({ go, expect, forgive }) {
  forgive(/404/);
  await go('/no-such-screen');
  await expect.text('main', 'There is no such screen');
}

export async function the_theme_is_kept({ page, go, id, expect, theme, shot }) {
  await go('/overview');
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const dark = await ground();
  await id('theme').click();
  await id('theme-light').click();
  await expect.that(async () => (await ground()) !== dark, 'a light ground');
  await page.reload();
  await expect.text('h1', 'Overview');
  if ((await ground()) === dark) throw new Error('the theme was forgotten');
  await shot('shell-light');
  await id('theme').click();
  await id('theme-system').click();
  await expect.that(async () => (await ground()) === dark, 'the dark ground of the system');
  await theme('light');
  await expect.that(async () => (await ground()) !== dark, 'the light ground of the system');
  await theme('dark');
}

export async function the_palette_leads_to_a_step({ page, go, id, expect, shot }) {
  await go('/overview');
  await page.keyboard.press('Control+k');
  await expect.text('[data-testid=palette] [role=option]', 'CreateOrder');
  await page.keyboard.type('procpay');
  await expect.text('[data-testid=palette] [aria-selected=true]', 'ProcessPayment');
  await shot('palette');
  await page.keyboard.press('Enter');
  await expect.address(/\/flows\/orders\?step=/);
  await id('palette-open').click();
  await page.keyboard.type('WAEMD-7596047-cdc03b');
  await expect.text('[data-testid=palette] [aria-selected=true]', 'WAEMD');
  await page.keyboard.press('Escape');
  await expect.gone('[data-testid=palette]');
}

export async function keys_lead_everywhere({ page, go, expect }) {
  await go('/overview');
  await expect.text('h1', 'Overview');
  await page.keyboard.press('g');
  await page.keyboard.press('q');
  await expect.text('h1', 'Queues');
  await page.keyboard.press('?');
  await expect.text('[role=dialog]', 'Keys');
  await page.keyboard.press('Escape');
  await expect.gone('[role=dialog]');
}

export async function the_rail_folds({ page, go, expect }) {
  await go('/overview');
  const width = () => page.locator('nav').evaluate((one) => one.offsetWidth);
  const wide = await width();
  await page.getByRole('button', { name: 'Fold to icons' }).click();
  await expect.that(async () => (await width()) < wide / 2, 'a narrow rail');
  await page.getByRole('button', { name: 'Show the names' }).click();
  await expect.that(async () => (await width()) === wide, 'a wide rail');
}

export async function axe_finds_nothing({ page, go, expect, axe, theme }) {
  for (const name of ['dark', 'light']) {
    await theme(name);
    await go('/overview');
    await expect.text('[data-testid=live-state]', 'Live');
    await axe();
    await page.keyboard.press('Control+k');
    await expect.text('[data-testid=palette] [role=option]', 'CreateOrder');
    await axe('[data-testid=palette]');
    await page.keyboard.press('Escape');
    await page.keyboard.press('?');
    await expect.text('[role=dialog]', 'Keys');
    await axe('[role=dialog]');
    await page.keyboard.press('Escape');
  }
  await theme('dark');
}

export async function a_narrow_window_holds_every_screen({ page, go, id, expect, axe, size, shot }) {
  for (const width of [760, 400]) {
    await size(width, 800);
    for (const screen of ['overview', 'flows', 'endpoints', 'traces', 'logs', 'state', 'queues', 'cron', 'streams', 'workers']) {
      await go(`/${screen}`);
      await page.locator('main h1').waitFor();
      const { scrollWidth } = await page.evaluate(() => document.documentElement);
      if (scrollWidth > width) throw new Error(`${screen} is ${scrollWidth} wide in a window of ${width}`);
    }
    await page.getByRole('link', { name: 'Queues' }).waitFor();
    await expect.count('nav button', 0); // folded it is, whoever asks for more
    await axe('nav');
  }
  await shot('shell-narrow');
  await id('queues-link').hover();
  await expect.text('[role=tooltip]', 'Queues');
  await size(1440, 900);
  await page.locator('nav button').waitFor();
}

export async function given_it_is_live({ go, expect }) {
  await go('/overview');
  await expect.text('[data-testid=live-state]', 'Live');
}

export async function given_it_is_offline({ expect, forgive, shot }) {
  forgive(/WebSocket|ERR_CONNECTION_REFUSED|Failed to load resource/);
  await expect.text('[data-testid=live-state]', 'Offline: retrying');
  await expect.text('[data-testid=project]', 'offline');
  await shot('shell-offline');
}

export async function given_it_is_back({ expect, forgive }) {
  forgive(/WebSocket|ERR_CONNECTION_REFUSED|Failed to load resource/);
  await expect.text('[data-testid=live-state]', 'Live');
  await expect.text('[data-testid=project]', 'ok');
}

export async function given_a_server_with_a_token({ page, given, go, id, expect, axe, forgive, shot }) {
  forgive(/401/);
  await go(`${given.url}/__motia/workbench/overview`);
  await id('sign-in').waitFor();
  await axe();
  await shot('sign-in');
  await page.getByLabel('Admin token').fill('wrong');
  await page.keyboard.press('Enter');
  await expect.text('[role=alert]', 'This is not the token');
  await page.getByLabel('Admin token').fill(given.token);
  await page.keyboard.press('Enter');
  await expect.text('[data-testid=live-state]', 'Live');
  await expect.text('[data-testid=project]', 'orders');
  const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, location.href]));
  if (kept.includes(given.token)) throw new Error(`the token is kept: ${kept}`);
  await page.reload();
  await expect.text('[data-testid=live-state]', 'Live');
  await id('sign-out').click();
  await id('sign-in').waitFor();
  await page.reload();
  await id('sign-in').waitFor();
}
