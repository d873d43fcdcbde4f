/** What is done in the page to see streams while they are written. */

const write = (post, stream, group, body) => post(`/items/${stream}/${group}`, body);
const panel = '[data-testid=sidebar-panel]';
const items = '[data-testid=items] [data-testid^=item-]';

export async function lists_streams_with_their_sizes({ page, post, go, id, expect, axe, shot }) {
  await write(post, 'todo', 'inbox', {
    set: [
      { id: 't-1', text: 'Buy milk', done: false },
      { id: 't-2', text: 'Call Ada', done: true, tags: ['phone'] },
    ],
  });
  await write(post, 'todo', 'work', { set: [{ id: 't-1', text: 'Ship it' }] });
  await write(post, 'inbox', 'ada', { set: [{ id: 'm-1', subject: 'For Ada alone' }] });
  await go('/streams');
  const cells = () => page.locator('[data-testid=stream-todo] [role=gridcell]').allInnerTexts();
  await expect.that(async () => (await cells())[1] === '2' && (await cells())[2] === '3', 'two groups, three items');
  await expect.text('[data-testid=stream-todo]', 'steps/todo.stream.js');
  await expect.gone('[data-testid="stream-__motia.queues"]');
  await axe();
  await shot('streams');
  await page.getByLabel('Show hidden streams').click();
  await id('stream-__motia.queues').waitFor();
  await expect.address('hidden=yes');
}

export async function items_change_while_one_looks({ page, post, go, id, expect, axe, shot }) {
  await go('/streams');
  await id('stream-todo').click();
  await expect.address('stream=todo');
  await id('group-inbox').click();
  await expect.text('[data-testid=way]', 'Live');
  await expect.count(items, 2);
  await expect.text(items, 'text: "Buy milk", done: false');
  await axe();
  await write(post, 'todo', 'inbox', { set: [{ id: 't-3', text: 'Read' }] });
  await expect.count(items, 3);
  await expect.text('[data-testid=item-count]', '3 items, 1 change since you look');
  // The light of a row is an animation: it begins when the item changes, and ends by itself.
  await page.evaluate(() => {
    window.lit = [];
    document.addEventListener('animationstart', ({ target }) => window.lit.push(target.dataset.testid), true);
  });
  await write(post, 'todo', 'inbox', { set: [{ id: 't-1', text: 'Buy oat milk' }] });
  await expect.text(items, 'Buy oat milk');
  const lit = () => page.evaluate(() => window.lit);
  await expect.that(async () => (await lit()).includes('item-t-1'), 'what changed lights up');
  if ((await lit()).includes('item-t-2')) throw new Error('what did not change lights up');
  await shot('stream-items');
  await write(post, 'todo', 'inbox', { delete: ['t-3'] });
  await expect.count(items, 2);
}

export async function an_item_is_shown_as_it_is_now({ page, post, go, id, expect, axe, shot }) {
  await go('/streams?stream=todo&group=inbox');
  await id('item-t-2').click();
  await expect.address('item=t-2');
  await expect.text(panel, '"Call Ada"');
  await expect.text(panel, '"phone"');
  await expect.text(panel, 'Not since you look');
  await axe();
  await shot('stream-item');
  await write(post, 'todo', 'inbox', { set: [{ id: 't-2', text: 'Call Grace' }] });
  await expect.text(panel, '"Call Grace"');
  if ((await id('item-json').getAttribute('data-changes')) !== '1') throw new Error('not one change');
  await write(post, 'todo', 'inbox', { delete: ['t-2'] });
  await expect.text('[data-testid=no-item]', 'It was just deleted');
  await write(post, 'todo', 'inbox', { set: [{ id: 't-2', text: 'Back' }] });
  await expect.text(panel, '"Back"');
  await page.reload();
  await expect.text(panel, '"Back"');
  await page.keyboard.press('Escape');
  await expect.gone(panel);
}

/** Nothing stores them: what came while one looked is all there is, and all that is shown. */
export async function events_that_are_sent_are_shown_as_they_come({ page, post, go, id, expect, axe, shot }) {
  const sent = '[data-testid=sent-event]';
  await write(post, 'todo', 'inbox', { send: [{ type: 'too-early' }] });
  await go('/streams?stream=todo&group=inbox');
  await expect.text('[data-testid=way]', 'Live');
  await expect.count(items, 2);
  await expect.text('[data-testid=group-events]', "streams.todo.send({ groupId: 'inbox' }, { type, data })");
  await axe();
  await write(post, 'todo', 'inbox', {
    send: [
      { type: 'moved', data: { by: 10, from: { room: 'hall' } } },
      { id: 't-1', type: 'typing', data: 'Ada' },
      { type: 'error', data: { code: 'E42', message: 'No ink' } },
    ],
  });
  await expect.count(sent, 3);
  await expect.text('[data-testid=group-events]', '3 since this group was opened');
  const lines = await page.locator(sent).allInnerTexts();
  const said = [/error.*to the group.*No ink/s, /typing.*to the item t-1.*"Ada"/s, /moved.*to the group.*by: 10/s];
  for (const [at, pattern] of said.entries()) if (!pattern.test(lines[at])) throw new Error(lines.join('\n'));
  if (!lines.every((line) => /\d\d:\d\d:\d\d\.\d{3}/.test(line))) throw new Error(lines.join('\n'));
  await expect.text('[data-testid=way]', 'Live');
  await page.locator(sent).last().getByRole('button').click();
  await expect.text(sent, 'room');
  await axe();
  await shot('stream-events');
  // They are there still after a look at another tab.
  await id('schema').click();
  await page.getByRole('tab', { name: 'Items' }).click();
  await expect.count(sent, 3);
  await id('item-t-1').click();
  await expect.text(panel, 'None since this item was opened');
  await write(post, 'todo', 'inbox', { send: [{ id: 't-2', type: 'elsewhere' }, { id: 't-1', type: 'typed', data: { words: 7 } }] });
  await expect.count(`${panel} ${sent}`, 1);
  await expect.text(`${panel} ${sent}`, 'words: 7');
  await axe();
  await shot('stream-item-events');
  await write(post, 'todo', 'inbox', { send: Array.from({ length: 120 }, (_, nth) => ({ type: 'tick', data: { nth } })) });
  await expect.text('[data-testid=group-events]', '125 since this group was opened, the last 100 of them here');
  await expect.count(`[data-testid=group-events] ${sent}`, 100);
  await expect.text(`[data-testid=group-events] ${sent}`, 'nth: 119');
  await shot('stream-events-many');
  await id('group-work').click();
  await expect.text('[data-testid=group-events]', 'None since this group was opened');
}

export async function followers_are_counted({ server, page, go, expect }) {
  await go('/streams?stream=todo&group=inbox&item=t-1');
  await expect.text('[data-testid=group-inbox]', '1 follower');
  const other = new AbortController();
  const answer = await fetch(`${server}/live/todo/inbox`, { signal: other.signal });
  await expect.text('[data-testid=group-inbox]', '2 followers');
  other.abort();
  await answer.body.cancel().catch(() => null);
  await expect.that(async () => /1 follower$/m.test(await page.getByTestId('group-inbox').innerText()), 'one follower again');
}

export async function items_and_groups_are_searched({ page, go, expect }) {
  await go('/streams?stream=todo&group=inbox');
  await page.getByLabel('Search items').fill('oat');
  await expect.count(items, 1);
  await page.getByLabel('Search groups').fill('wor');
  await expect.count('[data-testid=groups] [data-testid^=group-]', 1);
  await page.getByLabel('Search groups').fill('nobody-yet');
  await expect.text('[data-testid=open-group]', 'nobody-yet');
  await page.getByTestId('open-group').click();
  await expect.address('group=nobody-yet');
  await expect.text('[data-testid=stream]', 'This group holds nothing');
}

export async function a_large_group_comes_page_by_page({ page, post, go, id, expect, shot }) {
  for (let bite = 0; bite < 5; bite += 1)
    await write(post, 'todo', 'large', { set: Array.from({ length: 500 }, (_, at) => ({ id: `n-${bite * 500 + at}`, text: `${at}` })) });
  // Many whose names contain its own.
  for (let nth = 0; nth < 25; nth += 1) await write(post, 'todo', `a-large-${nth}`, { set: [{ id: 'one', text: 'small' }] });
  await go('/streams?stream=todo&group=large');
  await expect.text('[data-testid=way]', 'Large: page by page');
  await expect.text('[data-testid=item-count]', '2,500 items');
  if ((await page.locator(items).count()) > 60) throw new Error('all rows are drawn');
  await shot('stream-large');
  await expect.that(async () => {
    await id('items').evaluate((one) => one.scrollTo(0, one.scrollHeight));
    return (await page.locator(items).last().innerText()).startsWith('n-2499');
  }, 'the last of 2,500');
  await page.locator(items).last().click();
  await expect.text(panel, '"n-2499"');
  // It is not followed as a whole, so what is sent is heard for the item that is open.
  await expect.text('[data-testid=group-events]', 'A large group is not followed as a whole');
  await expect.text('[data-testid=group-large]', '1 follower');
  await write(post, 'todo', 'large', { send: [{ id: 'n-2499', type: 'last', data: 1 }] });
  await expect.text(`${panel} [data-testid=sent-event]`, 'last');
}

export async function a_guarded_stream_says_what_is_seen_and_why({ page, post, go, expect, axe, shot }) {
  await go('/streams?stream=inbox&group=ada');
  await expect.text('[data-testid=guarded-note]', 'You see what is stored because you administer this server');
  await expect.text('[data-testid=way]', 'Not live: canAccess refused this page');
  await expect.text(items, 'For Ada alone');
  await expect.text('[data-testid=group-events]', 'canAccess refused this page');
  await axe();
  await shot('stream-guarded');
  await page.locator(items).first().click();
  await expect.text(panel, '"For Ada alone"');
  await write(post, 'inbox', 'ada', { set: [{ id: 'm-1', subject: 'Changed' }] });
  await expect.text(panel, '"Changed"');
}

export async function schema_and_settings_are_said({ go, id, expect, axe, page }) {
  await go('/streams?stream=todo');
  await id('schema').click();
  await expect.address('tab=schema');
  for (const said of ['Everybody', 'GET /live/todo/:groupId', 'Never, unless set so', '"string"', '"boolean"'])
    await expect.text('[role=tabpanel]', said);
  await axe();
  await go('/streams?stream=typing&tab=schema');
  await expect.text('[role=tabpanel]', '1 h after they were set');
  await go('/streams?stream=inbox&tab=schema');
  await expect.text('[role=tabpanel]', 'Whoever canAccess lets in');
  await page.getByRole('link', { name: 'All streams' }).click();
  await expect.text('h1', 'Streams');
}

/** The lines are not only shown: what they copy is run, in this page. */
export async function the_lines_to_follow_it_work({ page, post, server, go, id, expect, axe, shot }) {
  await go('/streams?stream=todo&group=inbox');
  await id('follow').click();
  await expect.text('[role=tabpanel]', "subscribeGroup('todo', 'inbox')");
  await expect.text('[role=tabpanel]', 'npm install @motiadev/stream-client-browser');
  await axe();
  await shot('stream-follow');
  const copied = async (title) => {
    await page.getByRole('region', { name: title }).getByRole('button', { name: 'Copy', exact: true }).click();
    return page.evaluate(() => navigator.clipboard.readText());
  };
  const shell = await copied('In a shell');
  if (shell !== `curl -N '${server}/live/todo/inbox'`) throw new Error(shell);
  for (const title of ['Without a client, by Server-Sent Events', 'By a bare socket']) {
    const code = await copied(title);
    // As it was copied; what it prints is kept.
    await page.evaluate(`window.heard = []; (() => { const console = { log: (...words) => heard.push(words) }; ${code} })()`);
    await expect.that(async () => JSON.stringify(await page.evaluate(() => window.heard)).includes('Buy oat milk'), `${title}: the first sync`);
    await write(post, 'todo', 'inbox', { set: [{ id: 't-9', text: title }] });
    await expect.that(async () => JSON.stringify(await page.evaluate(() => window.heard)).includes(title), `${title}: a change`);
  }
}

/** For Python: what the page copies for a browser. */
export async function given_the_client_code({ page, go }) {
  await go('/streams?stream=todo&group=inbox&tab=follow');
  await page.getByRole('region', { name: 'In a browser' }).getByRole('button', { name: 'Copy', exact: true }).click();
  return page.evaluate(() => navigator.clipboard.readText());
}

export async function hidden_streams_can_be_looked_at({ page, go, get, expect, post }) {
  await go('/streams?stream=__motia.queues');
  await page.getByTestId('group-default').click();
  await expect.text(items, 'step: "Charge"');
  await write(post, 'todo', 'inbox', { set: [{ id: 't-1', text: 'Buy oat milk' }] });
  const [trace] = (await get('/__motia/api/traces?limit=1')).items;
  await go('/streams?stream=motia-trace');
  await expect.text('[data-testid=stream]', 'Write the id of a trace above');
  await page.getByLabel('Name of a group').fill(trace.id);
  await expect.text('[data-testid=open-group]', trace.id);
  await page.getByTestId('open-group').click();
  await expect.text(items, `parentTraceId: "${trace.id}"`);
}

export async function a_stream_that_is_not_there_is_said({ go, expect, forgive }) {
  forgive(/404/);
  await go('/streams?stream=nobody');
  await expect.text('[data-testid=stream]', 'There is no stream called nobody');
}

export async function both_themes_are_accessible({ go, expect, axe, theme, size, shot }) {
  await theme('light');
  await go('/streams?stream=todo&group=inbox&item=t-1');
  await expect.text(panel, 'Buy oat milk');
  await axe();
  await shot('stream-item-light');
  await size(1024, 700);
  await shot('stream-item-small');
  await size(1440, 900);
  await theme('dark');
}

export async function given_none({ go, expect, axe, shot }) {
  await go('/streams');
  await expect.text('[data-testid=streams]', 'No streams yet');
  await axe();
  await shot('streams-none');
}
