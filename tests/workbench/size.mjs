/** What is done in the page to see that a large project stays usable. Times are the page's own: from the key or the press
 *  to the next picture, and the longest stretch during which the page could not answer. Where limits are held to, each is
 *  done five times and the middle one counts; beside other tests the first one that is bearable does. */

const STRICT = process.env.STRICT_TIMES === '1';
const TIMES = 5;
const BEARABLE = 500;

export async function given_measures({ page, motion }) {
  await motion();
  await page.addInitScript(() => {
    const seen = { events: [], stretches: [] };
    window.__seen = seen;
    new PerformanceObserver((list) => {
      for (const one of list.getEntries()) if (one.interactionId) seen.events.push({ at: one.startTime, took: one.duration });
    }).observe({ type: 'event', durationThreshold: 16, buffered: true });
    new PerformanceObserver((list) => {
      for (const one of list.getEntries()) seen.stretches.push({ at: one.startTime, took: one.duration });
    }).observe({ type: 'longtask', buffered: true });
  });
}

/** The slowest of three. */
export async function given_a_first_paint({ page, go, expect }) {
  const painted = () => page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0);
  const found = [];
  for (let time = 0; time < 3; time += 1) {
    await go('/overview');
    await expect.that(painted, 'a first paint');
    found.push(await painted());
  }
  return Math.max(...found);
}

/** Figures of one screen: `{opens, types, scrolls, selects}` in ms, each `{answer, stretch}`. */
export async function given_a_screen({ page, go, given, id, expect }) {
  const { testId, label, search } = given;
  const found = {};
  const measured = measuring(page);
  await go(given.from);
  await expect.text('h1', given.fromLabel);
  found.opens = await usual(async () => {
    await id(given.fromTestId).click();
    await expect.text('h1', given.fromLabel);
    await settled(page);
    return measured(async () => {
      await id(testId).click();
      await expect.text('h1', label);
    });
  });
  await expect.that(async () => (await page.locator('main').innerText()).length > 40, `${label} drawn`);
  const field = page.locator('main input[type=search]').first();
  if (await field.count()) {
    found.types = await usual(async () => {
      await field.fill('');
      await field.focus();
      await settled(page);
      return measured(() => page.keyboard.type(search));
    });
    await field.fill('');
    await settled(page);
  }
  const scroller = await page.evaluate(widest);
  if (scroller) {
    found.scrolls = await usual(async () => {
      await page.mouse.move(scroller.x, scroller.y);
      return measured(async () => {
        for (const by of [400, 4000, 40_000, -20_000, 900]) await page.mouse.wheel(0, by);
      });
    });
    await page.mouse.wheel(0, -1_000_000);
    await settled(page);
  }
  const row = page.locator('main [role=row][aria-selected], main [role=option], main .react-flow__node');
  if ((await row.count()) > 3) {
    found.selects = await usual(async (time) => {
      const one = row.nth(time % 3);
      if (!(await one.isVisible())) return null;
      return measured(() => one.click({ timeout: 5000, position: { x: 40, y: 10 } }));
    });
  }
  return found;
}

/** While typing into the palette, every step can be found. */
export async function given_the_palette({ page, go, expect, given }) {
  const measured = measuring(page);
  await go('/overview');
  await expect.text('h1', 'Overview');
  const found = await usual(async (time) => {
    await page.keyboard.press('Control+k');
    await expect.text('[data-testid=palette] [role=option]', 'Overview');
    // The steps are there once one is found.
    await page.keyboard.type('Handle');
    await expect.text('[data-testid=palette] [role=option]', 'Handle');
    await page.keyboard.press('Control+a');
    const name = given.names[time % given.names.length];
    const took = await measured(() => page.keyboard.type(name));
    await expect.text('[data-testid=palette] [aria-selected=true]', name);
    await page.keyboard.press('Escape');
    await expect.gone('[data-testid=palette]');
    return took;
  });
  return found;
}

async function usual(once) {
  const found = [];
  for (let time = 0; time < TIMES; time += 1) {
    const took = await once(time);
    if (took !== null) found.push(took);
    if (!STRICT && took !== null && worst(took) < BEARABLE) return took;
  }
  return found.toSorted((one, other) => worst(one) - worst(other))[Math.floor(found.length / 2)] ?? null;
}

const worst = ({ answer, stretch }) => Math.max(answer, stretch);

/** `answer`: the slowest of the events; `stretch`: the longest task; both of what `act` led to. */
function measuring(page) {
  return async (act) => {
    const since = await page.evaluate(() => performance.now());
    await act();
    await settled(page);
    return page.evaluate((from) => {
      const most = (list) => Math.round(Math.max(0, ...list.filter((one) => one.at >= from).map((one) => one.took)));
      return { answer: most(window.__seen.events), stretch: most(window.__seen.stretches) };
    }, since);
  };
}

/** Until nothing long has run for a quarter of a second. */
async function settled(page) {
  await page.evaluate(async () => {
    for (let quiet = 0, before = performance.now(); quiet < 5; ) {
      await new Promise((done) => setTimeout(done, 50));
      await new Promise(requestAnimationFrame);
      const now = performance.now();
      quiet = now - before > 120 ? 0 : quiet + 1;
      before = now;
    }
  });
}

/** The middle of what can be scrolled most. Runs in the page. */
function widest() {
  const all = [...document.querySelectorAll('main *')].filter((one) => {
    const overflow = getComputedStyle(one).overflowY;
    return one.scrollHeight > one.clientHeight + 100 && one.clientHeight > 100 && /auto|scroll/.test(overflow);
  });
  const one = all.sort((left, right) => right.scrollHeight - left.scrollHeight)[0];
  if (!one) return null;
  const { x, y, width, height } = one.getBoundingClientRect();
  return { x: x + width / 2, y: y + height / 2 };
}
