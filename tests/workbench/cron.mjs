/** What is done in the page to see cron steps run, and to run, pause and resume them. */

const row = (name) => `[data-testid=cron-${name}]`;
const panel = '[data-testid=sidebar-panel]';
const cron = async (get, name) => (await get('/__motia/api/crons')).items.find((one) => one.name === name);

export async function says_schedules_in_words({ go, expect, axe, shot }) {
  await go('/cron');
  await expect.text(row('WeeklyReport'), 'very weekday at 09:00');
  await expect.text(row('WeeklyReport'), '0 9 * * MON-FRI');
  await expect.text(row('WeeklyReport'), 'Europe/Berlin');
  await expect.text(row('WeeklyReport'), /in \d+ (d|h|m)/);
  await expect.text(row('WeeklyReport'), 'never yet');
  await expect.text(row('Tick'), 'very second');
  await expect.text(row('Tick'), /completed[^]*(now|s ago)/);
  await axe();
  await shot('cron');
}

export async function runs_come_in_while_one_looks({ page, go, expect }) {
  await go('/cron');
  const strip = page.locator(`${row('Tick')} [role=img]`);
  await strip.waitFor();
  const count = async () => Number(/last (\d+) run/.exec(await strip.getAttribute('aria-label'))?.[1] ?? 0);
  const first = await count();
  await expect.that(async () => (await count()) > first || first === 20, 'one more run, without a reload');
}

export async function skipped_ticks_are_counted({ go, page, expect }) {
  await go('/cron');
  await expect.that(
    async () => Number(await page.locator(`${row('SlowTick')} [role=gridcell]`).last().innerText()) > 0,
    'ticks that came while the one before ran',
  );
  await page.locator(row('SlowTick')).click();
  await page.getByTestId('cron-settings').click();
  await expect.text(panel, /Skipped\s+\d+ ticks? since the server started/);
  await expect.text(panel, 'a tick passes while the last run still runs');
}

export async function run_now_says_how_it_went({ page, post, go, id, expect, axe, shot }) {
  await go('/cron');
  await id('cron-WeeklyReport').click();
  await expect.address('open=WeeklyReport');
  await expect.text(panel, 'It has not run yet');
  await id('run-now').click();
  await expect.text('[data-testid=outcome]', 'Run by hand failed');
  await expect.text('[data-testid=outcome]', 'There is no paper');
  await expect.text('[data-testid=cron-runs]', 'There is no paper');
  await axe();
  await shot('cron-failed');
  await post('/door/report', { open: true });
  await id('run-now').click();
  await expect.text('[data-testid=outcome]', 'Run by hand completed');
  await expect.text('[data-testid=cron-runs] [role=row]', 'completed');
  await expect.text(row('WeeklyReport'), 'completed');
  const href = await page.locator('[data-testid=outcome] a').getAttribute('href');
  await page.locator('[data-testid=outcome] a').click();
  await expect.address(href);
  await page.goBack();
  await expect.text(panel, 'WeeklyReport');
}

export async function a_run_leads_to_its_trace({ page, go, get, expect }) {
  const { last } = await cron(get, 'WeeklyReport');
  await go('/cron?open=WeeklyReport');
  await page.locator('[data-testid=cron-runs] [aria-rowindex="2"]').click();
  await expect.address(`/traces/${last.traceId}`);
}

export async function settings_are_said({ go, expect, page }) {
  await go('/cron?open=WeeklyReport&tab=settings');
  for (const said of ['Every weekday at 09:00', 'Europe/Berlin', 'Allowed: a tick runs although the last run still does', 'missed at most 1 h ago', '2, 1 failed'])
    await expect.text(panel, new RegExp(said.replaceAll(/[()*]/g, '\\$&'), 'i'));
  const href = await page.locator(`${panel} a`, { hasText: 'report.step.js' }).getAttribute('href');
  if (!/\/flows\/clock\?step=/.test(href)) throw new Error(href);
}

export async function pauses_and_resumes({ page, go, get, id, expect, shot }) {
  await go('/cron?open=Tick');
  await id('pause').click();
  await expect.text('[data-testid=paused-note]', 'Ticks pass without a run');
  await expect.text(row('Tick'), 'paused');
  const { runs } = await cron(get, 'Tick');
  // The other step's clock tells that ticks have passed meanwhile.
  const slow = (await cron(get, 'SlowTick')).runs;
  await expect.that(async () => (await cron(get, 'SlowTick')).runs >= slow + 2, 'seconds pass');
  if ((await cron(get, 'Tick')).runs > runs + 1) throw new Error('it ran although it is paused');
  await shot('cron-paused');
  await page.reload();
  await expect.text('[data-testid=paused-note]', 'Paused');
  await id('pause').click();
  await expect.gone('[data-testid=paused-note]');
  await expect.that(async () => (await cron(get, 'Tick')).runs > runs + 1, 'it runs again');
  await expect.text('[data-testid=next]', /Next (in \d|now)/);
}

export async function it_can_be_searched({ page, go, expect }) {
  await go('/cron');
  await page.getByLabel('Search names and schedules').fill('weekday');
  await expect.count('[data-testid=crons] [data-testid^=cron-]', 1);
  await expect.address('q=weekday');
  await page.getByLabel('Search names and schedules').fill('nothing like it');
  await expect.text('[data-testid=cron]', 'No cron step is like');
}

export async function both_themes_are_accessible({ go, id, expect, axe, theme, size, shot }) {
  await theme('light');
  await go('/cron?open=WeeklyReport');
  await expect.text('[data-testid=cron-runs]', 'There is no paper');
  await axe();
  await shot('cron-light');
  await id('cron-settings').click();
  await axe();
  await size(1024, 700);
  await shot('cron-small');
  await size(1440, 900);
  await theme('dark');
}

export async function given_none({ go, expect, axe, shot }) {
  await go('/cron');
  await expect.text('[data-testid=cron]', 'No cron steps yet');
  await expect.text('[data-testid=cron]', 'once per tick');
  await axe();
  await shot('cron-none');
}
