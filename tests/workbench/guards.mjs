/** What is done in the page to see that nothing of the user's is run, and that only who may sees anything. */

const SCREENS = ['overview', 'flows', 'endpoints', 'traces', 'logs', 'state', 'queues', 'cron', 'streams', 'workers'];

export async function nothing_that_steps_say_is_run({ page, go, get, id, expect, forgive, shot }) {
  await page.addInitScript(() => {
    window.refused = [];
    addEventListener('securitypolicyviolation', (event) => window.refused.push(`${event.violatedDirective} ${event.blockedURI}`));
  });
  // Addresses of parts of the hostile text that no file is behind.
  forgive(/404/);
  const trace = (await get('/__motia/api/traces?status=failed')).items[0];
  const [step] = (await get('/__motia/api/steps')).items;
  const [flow] = (await get('/__motia/api/flows')).items;
  const [state] = (await get('/__motia/api/state')).items;
  const [dead] = (await get('/__motia/api/deliveries?state=dead')).items;
  const part = encodeURIComponent;
  const places = [
    ...SCREENS.map((one) => `/${one}`),
    `/flows/${part(flow.id)}?step=${part(step.id)}`,
    `/endpoints?open=${part((await get('/__motia/api/endpoints')).items[0].id)}`,
    `/traces/${trace.id}`,
    `/traces?q=${part('<img class=canary src=x>')}`,
    `/logs?trace=${trace.id}`,
    `/state?group=${part(state.groupId)}&key=${part(state.key)}`,
    `/queues/${part(dead.step)}?state=dead&open=${dead.id}`,
    `/streams?stream=hostile&group=${part(state.groupId)}`,
    `/overview?file=${part('steps/broken_step.py')}`,
    '/overview?file=%3Cimg%20class%3Dcanary%20src%3Dx%3E',
  ];
  for (const place of places) {
    await go(place);
    await id('live-state').waitFor();
    await expect.that(() => page.evaluate(() => document.querySelector('main')?.innerText.trim().length > 10), place);
    await page.waitForLoadState('networkidle').catch(() => null);
    await clean(page, place);
    // What opens on a press is drawn from the same text.
    const row = page.locator('main [role=row][aria-selected], main [role=option], main .react-flow__node').first();
    if (await row.isVisible().catch(() => false)) {
      await row.click({ timeout: 3000, position: { x: 30, y: 8 } }).catch(() => null);
      await clean(page, `${place} after a press`);
    }
  }
  await go('/overview');
  await expect.text('[data-testid=failures]', '<img class=canary');
  await expect.text('[data-testid=problems]', 'broken_step.py');
  await page.keyboard.press('Control+k');
  await expect.text('[data-testid=palette] [role=option]', '<img class=canary');
  await clean(page, 'the palette');
  await page.keyboard.press('Escape');
  await shot('hostile-overview');
}

async function clean(page, where) {
  const found = await page.evaluate(() => ({
    ran: window.canary ?? [],
    drawn: document.querySelectorAll('.canary').length,
    refused: window.refused ?? [],
  }));
  if (found.ran.length || found.drawn || found.refused.length) throw new Error(`${where}: ${JSON.stringify(found)}`);
}

export async function the_policy_would_stop_what_slipped_through({ page, go, expect, forgive }) {
  forgive(/Content Security Policy|Refused|violates/);
  await go('/overview');
  await page.evaluate(() => {
    window.refused = [];
    addEventListener('securitypolicyviolation', (event) => window.refused.push(event.violatedDirective));
    const image = document.createElement('div');
    image.innerHTML = '<img src="x:y" onerror="window.canary=1">';
    const script = document.createElement('script');
    script.textContent = 'window.canary=2';
    document.body.append(image, script);
    fetch('http://evil.example/').catch(() => null);
  });
  await expect.that(() => page.evaluate(() => window.refused.length >= 3), 'three refusals');
  if (await page.evaluate(() => window.canary)) throw new Error('it ran');
}

export async function nobody_puts_it_into_a_frame({ page, go, server, forgive }) {
  forgive(/frame|Refused|violates|ERR_BLOCKED/);
  await go('/overview');
  const loaded = await page.evaluate(async (url) => {
    const frame = document.createElement('iframe');
    const done = new Promise((resolve) => frame.addEventListener('load', resolve));
    frame.src = url;
    document.body.append(frame);
    await done;
    try {
      return frame.contentDocument?.body?.innerText ?? '';
    } catch {
      return '';
    }
  }, `${server}/__motia/workbench/overview`);
  if (loaded.includes('Overview')) throw new Error('it stands in a frame');
}

export async function given_a_sign_in({ page, given, go, id, expect, forgive, axe, shot }) {
  forgive(/401|403|WebSocket/);
  const { url, token, ended } = given;
  const context = page.context();
  await context.clearCookies();
  await go(`${url}/__motia/workbench/workers?open=node`);
  await id('sign-in').waitFor();
  await page.getByLabel('Admin token').fill('not the token');
  await page.keyboard.press('Enter');
  await expect.text('[role=alert]', 'This is not the token');
  if ((await page.getByLabel('Admin token').inputValue()) !== '') throw new Error('the wrong token stays in the page');
  await enter();
  await expect.text('[data-testid=sidebar-panel]', 'node');
  await nowhere('signed in');
  const [cookie] = await context.cookies(url);
  if (cookie.name !== 'motia_session' || !cookie.httpOnly || cookie.sameSite !== 'Strict') throw new Error(JSON.stringify(cookie));

  // A session that ends in the middle of something: the same screen afterwards.
  await id('queues-link').click();
  await expect.text('h1', 'Queues');
  await context.addCookies([{ ...cookie, value: ended }]);
  await id('tracing-link').click();
  await id('sign-in').waitFor();
  await axe();
  await shot('sign-in-again');
  await expect.address('/traces');
  await enter();
  await expect.text('h1', 'Traces');
  await nowhere('signed in again');
  await page.reload();
  await expect.text('h1', 'Traces');

  await id('sign-out').click();
  await id('sign-in').waitFor();
  if ((await context.cookies(url)).some((one) => one.name === 'motia_session')) throw new Error('the cookie stays');
  await page.goBack().catch(() => null);
  await id('sign-in').waitFor();
  await nowhere('signed out');

  async function enter() {
    await page.getByLabel('Admin token').fill(token);
    await page.keyboard.press('Enter');
    await expect.text('[data-testid=live-state]', 'Live');
  }

  async function nowhere(when) {
    const held = await page.evaluate(() =>
      JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, location.href, history.state, document.documentElement.outerHTML,
        [...document.querySelectorAll('input')].map((one) => one.value), performance.getEntriesByType('resource').map((one) => one.name)]),
    );
    if (held.includes(token) || held.includes(encodeURIComponent(token))) throw new Error(`${when}: the token stands in the page`);
  }
}

export async function given_somebody_who_guesses({ page, given, go, id, expect, forgive }) {
  forgive(/401|429|WebSocket/);
  await page.context().clearCookies();
  await go(`${given.url}/__motia/workbench/overview`);
  await id('sign-in').waitFor();
  for (let number = 0; number < 10; number += 1) {
    const answered = page.waitForResponse((one) => one.url().endsWith('/session'));
    await page.getByLabel('Admin token').fill(`guess ${number}`);
    await page.keyboard.press('Enter');
    await answered;
    await expect.that(async () => (await page.getByRole('button', { name: 'Sign in' }).getAttribute('aria-busy')) === null);
  }
  await page.getByLabel('Admin token').fill(given.token);
  await page.keyboard.press('Enter');
  await expect.text('[role=alert]', 'Too many tries');
}
