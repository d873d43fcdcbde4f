/**
 * Runs checks in one page of one headless Chromium. A line of JSON per check comes in, `{file, check, given, server}`, and
 * one goes out, `{fine, said, value}`. A check fails by what it throws, or when the page's console complained meanwhile.
 *
 * It is given one object:
 *   page          playwright's page (1440 × 900, dark)
 *   server        where the server is; `given` what the test in Python handed over
 *   go(path)      opens an address of the workbench (`/traces`) anew, or any whole URL, and waits until it is drawn
 *   id(testId)    a locator: `await id('sidebar-panel').click()`
 *   expect        .text(selector, text) .gone(selector) .count(selector, n) .address(part) .that(fn, what): each waits, 20 s at most
 *   post(path, body), get(path)   the server's answer, decoded
 *   theme(name)   'dark' or 'light'; size(width, height); motion(): from now on things move; without it none do
 *   axe(where?)   fails with what axe-core finds in the page, or in `where`
 *   shot(name)    build/screenshots/workbench/NAME.png; `shot(name, { animations: 'allow' })` while something moves
 *   strict        STRICT_TIMES=1, where nothing else runs: limits on time are held to; else only what nobody would bear fails
 *   held(times)   the one of several times that is held to a limit: the worst if strict, else the median
 *   forgive(re)   complaints like this are expected in this check
 *
 * Usage: node page.mjs FOLDER-OF-PACKAGES CHROMIUM FOLDER-OF-SCREENSHOTS
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const [packages, executablePath, screenshots] = process.argv.slice(2);
const require = createRequire(path.join(path.resolve(packages), 'package.json'));
const { chromium } = require('playwright-core');
const AXE = require.resolve('axe-core');
const PATIENCE = 20_000;
const strict = process.env.STRICT_TIMES === '1';
const SPARING = { resultTypes: ['violations'], selectors: false, preload: false };

// Chromium refuses to run its sandbox as root.
const browser = await chromium.launch({ executablePath, args: process.getuid() === 0 ? ['--no-sandbox'] : [] });
const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, colorScheme: 'dark', reducedMotion: 'reduce' });
await context.grantPermissions(['clipboard-read', 'clipboard-write']);
context.setDefaultTimeout(PATIENCE);
const page = await context.newPage();

let complaints = [];
page.on('pageerror', (error) => complaints.push(String(error)));
page.on('console', (message) => message.type() === 'error' && complaints.push(`${message.text()} ${message.location().url}`));

async function until(what, said) {
  const end = Date.now() + PATIENCE;
  for (;;) {
    const found = await what();
    if (found) return found;
    if (Date.now() > end) throw new Error(typeof said === 'function' ? await said() : said);
    await new Promise((done) => setTimeout(done, 30));
  }
}

const expect = {
  that: (what, said = String(what)) => until(what, `never so: ${said}`),
  text: async (selector, text) => {
    const texts = () => page.locator(selector).allInnerTexts();
    await until(
      async () => (await texts()).some((one) => (text instanceof RegExp ? text.test(one) : one.includes(text))),
      async () => `${selector} never said ${text}; it says ${JSON.stringify((await texts()).slice(0, 20))}`,
    );
  },
  gone: (selector) => until(async () => (await page.locator(selector).count()) === 0, `${selector} never went away`),
  count: (selector, wanted) =>
    until(
      async () => (await page.locator(selector).count()) === wanted,
      async () => `${selector}: wanted ${wanted}, there are ${await page.locator(selector).count()}`,
    ),
  address: (part) =>
    until(() => (part instanceof RegExp ? part.test(page.url()) : page.url().includes(part)), () => `never at ${part}, but ${page.url()}`),
};

async function axe(where) {
  // Colours that are on their way are neither the old nor the new ones.
  await page.evaluate(() => {
    for (const one of document.getAnimations()) if (one.effect?.getTiming().iterations !== Infinity) one.finish();
  });
  // As the page's policy lets no script in by a tag, it is handed over by the browser's own door.
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(readFileSync(AXE, 'utf8'));
  const { violations } = await page.evaluate(([root, how]) => window.axe.run(root ?? document, how), [where ?? null, SPARING]);
  const told = violations.map(({ id, help, nodes }) => `${id}: ${help}\n${nodes.slice(0, 5).map((one) => `    ${one.html}  ${one.any[0]?.message ?? ''}`).join('\n')}`);
  if (told.length) throw new Error(`axe:\n${told.join('\n')}`);
}

function room(server, given, forgiven) {
  const json = async (method, target, body) => {
    const answer = await fetch(server + target, {
      method,
      headers: { 'content-type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await answer.text();
    return text ? JSON.parse(text) : null;
  };
  return {
    page,
    server,
    given,
    expect,
    axe,
    strict,
    held: (times) => (strict ? Math.max(...times) : times.toSorted((a, b) => a - b)[times.length >> 1]),
    id: (testId) => page.getByTestId(testId),
    go: async (target) => {
      await page.goto(/^https?:/.test(target) ? target : `${server}/__motia/workbench${target}`);
      await page.locator('#root > *').first().waitFor();
    },
    get: (target) => json('GET', target),
    post: (target, body = {}) => json('POST', target, body),
    theme: (name) => page.emulateMedia({ colorScheme: name }),
    motion: () => page.emulateMedia({ reducedMotion: 'no-preference' }),
    size: (width, height) => page.setViewportSize({ width, height }),
    shot: (name, more) => page.screenshot({ path: path.join(screenshots, `${name}.png`), animations: 'disabled', ...more }),
    forgive: (pattern) => forgiven.push(pattern),
  };
}

async function run({ file, check, given, server }) {
  complaints = [];
  const forgiven = [];
  try {
    const script = await import(pathToFileURL(file));
    const value = await script[check](room(server, given, forgiven));
    const left = complaints.filter((one) => !forgiven.some((pattern) => pattern.test(one)));
    if (left.length) throw new Error(`the console says:\n${left.join('\n')}`);
    return { fine: true, value: value ?? null };
  } catch (error) {
    await page.screenshot({ path: path.join(screenshots, `failed-${check}.png`) }).catch(() => null);
    const heard = complaints.length ? `\nthe console says:\n${complaints.join('\n')}` : '';
    return { fine: false, said: `${error.stack ?? error}${heard}` };
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await run(JSON.parse(line)))}\n`);
}
await browser.close();
process.exit(0);
