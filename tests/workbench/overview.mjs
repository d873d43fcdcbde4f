/** What is done in the page to see that the overview says what is so and leads on. */

const VERDICT = '[data-testid=verdict]';

export async function given_all_is_well({ go, expect, axe, theme, shot }) {
  await go('/overview');
  await expect.text(VERDICT, 'All is well');
  await expect.text('[data-testid=slowest]', 'CreateOrder');
  await expect.text('[data-testid=failures]', 'Nothing failed');
  await expect.text('[data-testid=deliveries]', 'Nothing waits');
  await expect.text('[data-testid=history]', /Log lines/);
  await expect.gone('[data-testid=problems]');
  await expect.gone('[data-testid=runtimes]');
  await axe();
  await shot('overview-calm');
  await theme('light');
  await axe();
  await theme('dark');
}

export async function given_failures({ page, go, given, id, expect, axe, theme, size, shot }) {
  await go('/overview');
  await expect.text(VERDICT, `${given.count} deliveries ended as dead letters`);
  await expect.count('[data-testid=failure]', 1);
  await expect.text('[data-testid=failure]', 'RefundOrder');
  await expect.text('[data-testid=failure]', 'no money for order');
  await expect.text('[data-testid=failure]', `×${given.count}`);
  await expect.text('[data-testid=deliveries]', `${given.count} dead`);
  await axe();
  await shot('overview-failures');
  await theme('light');
  await axe();
  await size(1024, 700);
  await shot('overview-failures-light');
  await size(1440, 900);
  await theme('dark');
  await page.locator(VERDICT).getByRole('link', { name: /dead letters/ }).click();
  await expect.address('/queues');
  await page.goBack();
  await id('failure').getByRole('link').first().click();
  await expect.address(/\/traces\/[A-Z0-9]+-/);
  await page.goBack();
  await expect.text('h1', 'Overview');
}

export async function given_the_cause_is_mended({ id, expect }) {
  await id('redrive').click();
  await expect.text('body', '4 deliveries put back into the queue');
  await expect.gone('[data-testid=redrive]');
  await expect.text('[data-testid=figures]', /Dead letters\s*0/);
}

export async function given_a_broken_file({ page, go, id, expect, axe, shot }) {
  await go('/overview');
  await expect.text(VERDICT, '1 file is broken');
  await expect.text('[data-testid=problem]', 'steps/mended_step.py:1');
  await expect.text('[data-testid=problem]', '"path": "/mended"');
  await shot('overview-broken');
  await page.getByRole('button', { name: /mended_step.py/ }).click();
  await expect.address(/file=steps%2Fmended_step.py&line=1/);
  await expect.text('[data-testid=sidebar-panel]', 'Line 1:');
  await expect.text('[data-testid=sidebar-panel] .cm-content', '"path": "/mended"');
  await axe();
  await shot('overview-source');
  await page.reload();
  await expect.text('[data-testid=sidebar-panel] .cm-content', '"path": "/mended"');
  await page.goBack();
  await expect.gone('[data-testid=sidebar-panel]');
  await page.goForward();
  await id('sidebar-panel').waitFor();
}

export async function given_it_is_mended({ page, id, expect }) {
  await expect.text('[data-testid=sidebar-panel]', 'Nothing is wrong with it any more');
  await id('close-panel').click();
  await expect.gone('[data-testid=sidebar-panel]');
  if (/file=|line=/.test(page.url())) throw new Error(`the address still says ${page.url()}`);
  await expect.gone('[data-testid=problems]');
}

export async function given_a_change({ go, expect }) {
  await go('/overview');
  await expect.text('[data-testid=changes]', 'changed');
  await expect.text('[data-testid=changes]', 'RefundOrder');
}

export async function every_figure_leads_on({ page, go, id, expect }) {
  for (const [name, address] of [
    ['Runs per minute', /\/traces$/],
    ['Failures per minute', /\/traces\?status=failed/],
    ['Running', /\/traces\?status=running/],
    ['Deliveries waiting', /\/queues/],
    ['Dead letters', /\/queues/],
  ]) {
    await go('/overview');
    await id('figures').getByRole('link', { name }).click();
    await expect.address(address);
  }
  await go('/overview');
  await id('slowest').getByRole('link').first().click();
  await expect.address(/\/traces\?step=/);
  await page.goBack();
  await id('failures').getByRole('link', { name: 'All failed traces' }).click();
  await expect.address('status=failed');
}

export async function rates_are_lines_that_grow({ page, go, id, expect }) {
  await go('/overview');
  const points = () => id('figures').locator('polyline').first().getAttribute('points');
  await id('figures').locator('polyline').first().waitFor();
  const before = (await points()).split(' ').length;
  await expect.that(async () => (await points()).split(' ').length > before, 'more points');
  // They go on growing on other screens.
  await id('workers-link').click();
  await expect.text('h1', 'Workers');
  await id('overview-link').click();
  await id('figures').locator('polyline').first().waitFor();
  await expect.that(async () => (await points()).split(' ').length >= before, 'the same line');
}

export async function a_file_that_is_none_is_said({ go, expect, forgive }) {
  forgive(/404/);
  await go('/overview?file=steps%2Fnone.py');
  await expect.text('[data-testid=sidebar-panel] [role=alert]', /no step/i);
}

export async function given_the_server_is_gone({ expect, forgive }) {
  forgive(/WebSocket|ERR_CONNECTION_REFUSED|Failed to load resource/);
  await expect.text(VERDICT, 'The server does not answer');
}

export async function given_the_server_is_back({ go, expect, forgive }) {
  forgive(/WebSocket|ERR_CONNECTION_REFUSED|Failed to load resource/);
  await go('/overview');
  await expect.text(VERDICT, 'All is well');
}

export async function given_no_steps({ go, id, expect, axe, shot }) {
  await go('/overview');
  await expect.text('[data-testid=no-steps]', 'No steps yet');
  await axe();
  await shot('overview-no-steps');
  for (const language of ['JavaScript', 'Ruby', 'TypeScript']) {
    await id('no-steps').getByRole('tab', { name: language }).click();
    await expect.text('[data-testid=no-steps] pre', 'Hello');
  }
}

export async function given_the_first_step_is_copied({ page, id, expect }) {
  await id('no-steps').getByRole('tab', { name: 'Python' }).click();
  await expect.text('[data-testid=no-steps]', 'steps/hello_step.py');
  await id('no-steps').getByRole('button', { name: /Copy/ }).click();
  return page.evaluate(() => navigator.clipboard.readText());
}

export async function given_a_first_step({ page, expect, id, shot }) {
  await expect.text('[data-testid=nothing-ran]', 'Nothing ran yet');
  await shot('overview-nothing-ran');
  await id('nothing-ran').getByRole('link', { name: 'Endpoints' }).click();
  await expect.address('/endpoints');
  await page.goBack();
  await id('nothing-ran').waitFor();
}

export async function given_it_ran({ expect }) {
  await expect.gone('[data-testid=nothing-ran]');
  await expect.text('[data-testid=slowest]', 'Hello');
}
