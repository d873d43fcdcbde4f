/**
 * Runs published clients for the tests: in this process and in pages of one headless Chromium. Reads a line of JSON per
 * request from standard input, `[id, place, verb, ...args]`, and answers each with `[id, true, value]` or `[id, false,
 * why]`. Places are `node`, or the number of an open page. Ends when its input ends.
 *
 * Usage: node driver.mjs FOLDER-OF-PACKAGES CHROMIUM
 */
import { createRequire } from 'node:module';
import { createServer } from 'node:http';
import net from 'node:net';
import { createInterface } from 'node:readline';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { makeRoom } from './room.js';

const packages = path.resolve(process.argv[2]);
const executablePath = process.argv[3];
const { resolve } = createRequire(path.join(packages, 'package.json'));
const load = (name) => import(pathToFileURL(resolve(name)));
const here = import.meta.dirname;

const PAGES = {
  old: { entry: 'page.js', client: '@motiadev/stream-client-browser' },
  new: { entry: 'page.js', client: 'stream-client-browser-new' },
  hooks: { entry: 'hooks.jsx', client: '@motiadev/stream-client-browser' },
};

const once = (make) => {
  let made;
  return () => (made ??= make());
};

const node = once(async () => makeRoom((await load('@motiadev/stream-client-node')).Stream));

let running;
const browser = once(async () => {
  const { chromium } = (await load('playwright-core')).default;
  // Chromium refuses to run its sandbox as root.
  running = await chromium.launch({ executablePath, args: process.getuid() === 0 ? ['--no-sandbox'] : [] });
  return running;
});

/** The pages, served as a developer's bundler would: from another port of this machine than the server's. */
const site = once(async () => {
  const { build } = (await load('esbuild')).default;
  const scripts = {};
  const bundled = Object.entries(PAGES).map(async ([name, { entry, client }]) => {
    const { outputFiles } = await build({
      entryPoints: [path.join(here, entry)],
      alias: { 'the-client': resolve(client) },
      nodePaths: [path.join(packages, 'node_modules')],
      bundle: true,
      write: false,
      jsx: 'automatic',
      define: { 'process.env.NODE_ENV': '"production"' },
    });
    scripts[`/${name}.js`] = outputFiles[0].text;
  });
  await Promise.all(bundled);
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    const script = scripts[pathname];
    response.setHeader('content-type', script ? 'text/javascript' : 'text/html');
    response.end(script ?? `<!doctype html><div id="root"></div><script src="${pathname}.js"></script>`);
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  server.unref();
  return `http://127.0.0.1:${server.address().port}`;
});

const pages = [];

/** Runs in a page before its scripts: the names it thinks of are those that every such page thinks of. */
function unimaginative() {
  crypto.randomUUID = () => '7f1c3ff2-9b00-4d0a-bdd7-efb8bca49d4f';
  crypto.getRandomValues = (bytes) => bytes.fill(7);
}

async function show(address, size, first) {
  const context = await (await browser()).newContext({ viewport: size ?? { width: 800, height: 600 } });
  if (first) await context.addInitScript(first);
  const page = await context.newPage();
  page.wire = { sent: [], received: [] };
  page.on('websocket', (socket) => {
    socket.on('framesent', ({ payload }) => page.wire.sent.push(String(payload)));
    socket.on('framereceived', ({ payload }) => page.wire.received.push(String(payload)));
  });
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.complaints = complaints;
  await page.goto(address);
  return pages.push(page) - 1;
}

/** A port that is always open: who comes while the server at `port` is away waits until it is back. */
async function relay(port) {
  const lead = (client) => {
    const server = net.connect(port, '127.0.0.1');
    server.on('connect', () => {
      client.on('close', () => server.destroy());
      server.on('close', () => client.destroy());
      server.pipe(client).pipe(server);
    });
    server.on('error', (error) => (error.code === 'ECONNREFUSED' ? setTimeout(lead, 50, client) : client.destroy()));
  };
  const listener = net.createServer((client) => lead(client.on('error', () => client.destroy())));
  await new Promise((done) => listener.listen(0, '127.0.0.1', done));
  listener.unref();
  return listener.address().port;
}

/** What can be asked of the driver itself. */
const OWN = {
  relay,
  open: async (name, query = {}, same = false) =>
    show(`${await site()}/${name}?${new URLSearchParams(query)}`, null, same ? unimaginative : null),
  visit: show,
};

/** What can be asked of a page, besides what its room answers. */
const OF_PAGES = {
  text: (page, selector) => page.locator(selector).allInnerTexts(),
  click: (page, selector) => page.locator(selector).click(),
  hover: (page, selector) => page.locator(selector).hover(),
  fill: (page, selector, text) => page.locator(selector).fill(text),
  press: (page, selector, key) => page.locator(selector).press(key),
  screenshot: (page, file) => page.screenshot({ path: file, animations: 'disabled' }).then(() => null),
  frames: (page, way, text) => page.wire[way].filter((frame) => frame.includes(text)).map((frame) => JSON.parse(frame)),
  complaints: (page) => page.complaints,
  close: (page) => page.context().close(),
};

async function answer(place, verb, args) {
  if (place === 'driver') return OWN[verb](...args);
  if (place === 'node') return (await node())[verb](...args);
  const page = pages[place];
  if (verb in OF_PAGES) return OF_PAGES[verb](page, ...args);
  return page.evaluate(([asked, given]) => globalThis.room[asked](...given), [verb, args]);
}

// The client for Node leaves a connection that fails as an error nobody catches.
const ITS_OWN = /^Unexpected server response|ECONNREFUSED|ECONNRESET|socket hang up/;
process.on('uncaughtException', (error) => {
  if (ITS_OWN.test(error.message)) return;
  console.error(error);
  process.exit(1);
});

const say = (...line) => process.stdout.write(`${JSON.stringify(line)}\n`);

for await (const line of createInterface({ input: process.stdin })) {
  const [id, place, verb, ...args] = JSON.parse(line);
  answer(place, verb, args).then(
    (value) => say(id, true, value ?? null),
    (error) => say(id, false, String(error.stack ?? error)),
  );
}
await running?.close();
process.exit(0);
