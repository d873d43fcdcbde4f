/** What is done in the page to see that the screen of the state holds. */

const ITEM = '[data-testid^="item-"]';
const PANEL = '[data-testid=sidebar-panel]';
const group = (name) => `[data-testid="group-${name}"]`;
const item = (group, key) => `[data-testid="item-${group}:${key}"]`;
const put = (post, groupId, key, value, more = {}) => post('/__motia/state', { groupId, key, value, ...more });
const read = (get, groupId, key) => get(`/__motia/api/state/item?${new URLSearchParams({ groupId, key })}`);

/** Puts a text in place of all that is in the editor. */
async function write(page, testId, text) {
  const editor = page.locator(`[data-testid=${testId}] .cm-content`);
  await editor.waitFor();
  await editor.click();
  await page.keyboard.press('Control+a');
  await page.keyboard.insertText(text);
}

export async function given_nothing({ go, get, post, expect, axe, shot }) {
  const { items } = await get('/__motia/api/state/groups');
  if (items.length) await post('/__motia/state/delete', { groups: items.map((one) => one.groupId) });
  await go('/state');
  await expect.text('[data-testid=states-container]', 'No state yet');
  await expect.text('[data-testid=states-container]', 'context.state.set');
  await axe();
  await shot('state-empty');
}

export async function groups_and_keys({ page, go, expect, axe, theme, shot }) {
  for (const name of ['light', 'dark']) {
    await theme(name);
    await go('/state');
    await expect.text(group('books'), '150 keys');
    await expect.text(group('kinds'), '3 keys');
    await expect.text(ITEM, 'book-000');
    await axe();
    await shot(`state-${name}`);
  }
  await page.locator(group('kinds')).click();
  await expect.address('group=kinds');
  await expect.text(item('kinds', 'number'), '42');
  await expect.text(item('kinds', "with:colon's"), 'array');
  await page.locator(group('short')).click();
  await expect.text(item('short', 'fades'), /in 5\d m/);
  await page.goBack();
  await expect.text(item('kinds', 'text'), '"hello"');
  await page.getByLabel('Search groups').fill('boo');
  await expect.gone(group('kinds'));
  await page.locator(group('books')).waitFor();
}

export async function a_long_group_comes_page_by_page({ page, go, expect }) {
  await go('/state?group=books');
  await expect.text(ITEM, 'book-000');
  await page.locator('[role=grid]').focus();
  await expect.that(async () => {
    await page.keyboard.press('End');
    return (await page.locator(item('books', 'book-149')).count()) === 1;
  }, 'the last of 150');
}

export async function keys_are_searched({ page, go, expect, id }) {
  await go('/state?group=books');
  await id('states-search').fill('book-14');
  await expect.address('q=book-14');
  await expect.count(ITEM, 10);
  await id('states-search').fill('no such key');
  await expect.text('[data-testid=states-container]', 'Nothing matches');
  await page.getByRole('button', { name: 'Show all of books' }).click();
  await expect.text(ITEM, 'book-000');
}

export async function values_are_filtered({ page, go, expect, id, axe, shot }) {
  await go('/state?group=books');
  const add = async (property, condition, value) => {
    await id('add-filter').click();
    await page.getByLabel('Property').fill(property);
    await page.getByLabel('Condition').selectOption({ label: condition });
    if (value !== undefined) await page.getByLabel('Value', { exact: true }).fill(value);
    await page.getByRole('button', { name: 'Add the filter' }).click();
  };
  await add('pages', 'is at least', '1470');
  await expect.count(ITEM, 3);
  await add('read', 'is', 'true');
  await expect.count(ITEM, 1);
  await expect.text(ITEM, 'book-148');
  await expect.text('[data-testid=filter-chip]', 'pages is at least 1470');
  await axe();
  await shot('state-filtered');
  await page.reload();
  await expect.count(ITEM, 1);
  await page.getByRole('button', { name: 'Without: read is true' }).click();
  await expect.count(ITEM, 3);
  await page.goBack();
  await expect.count(ITEM, 1);
}

export async function a_value_is_edited({ page, go, get, expect, id, axe, shot, theme, size }) {
  await go('/state?group=books&key=book-001');
  await expect.text(PANEL, 'Volume 1');
  await axe();
  await shot('state-item');
  await id('state-edit').click();
  await expect.address('view=edit');
  await write(page, 'state-editor', '{"title": "Volume one", "pages": }');
  await expect.text(`${PANEL} [role=alert]`, 'Line 1');
  if (await id('state-save').isEnabled()) throw new Error('what is no JSON can be saved');
  await write(page, 'state-editor', '{"title": "Volume one", "pages": 11}');
  await shot('state-edit');
  await axe();
  await theme('light');
  await size(1024, 700);
  await shot('state-edit-light-1024');
  await theme('dark');
  await size(1440, 900);
  await page.locator('[data-testid=state-editor] .cm-content').click();
  await page.keyboard.press('Control+Enter');
  await expect.that(async () => (await read(get, 'books', 'book-001')).value.title === 'Volume one', 'the new title');
  await expect.text(item('books', 'book-001'), 'Volume one');
}

export async function a_change_of_type_is_asked_about({ page, go, get, expect, id }) {
  await go('/state?group=kinds&key=text&view=edit');
  await write(page, 'state-editor', '[1, 2]');
  await id('state-save').click();
  await expect.text('[role=dialog]', 'from string to array');
  await page.getByRole('button', { name: 'Cancel' }).click();
  if ((await read(get, 'kinds', 'text')).value !== 'hello') throw new Error('saved without being asked to');
  await id('state-save').click();
  await id('confirm').click();
  await expect.that(async () => (await read(get, 'kinds', 'text')).type === 'array', 'an array');
  await expect.text(item('kinds', 'text'), 'array');
}

export async function whoever_comes_second_chooses({ page, go, get, post, expect, id, axe, shot, forgive }) {
  forgive(/409|404/);
  for (const [button, title] of [['take-theirs', 'theirs'], ['keep-mine', 'mine']]) {
    await put(post, 'books', 'book-002', { title: 'at first' });
    await go('/state?group=books&key=book-002&view=edit');
    await expect.text('[data-testid=state-editor]', 'at first');
    await write(page, 'state-editor', '{"title": "mine"}');
    await put(post, 'books', 'book-002', { title: 'theirs' });
    await id('state-save').click();
    await expect.text('[data-testid=state-conflict]', 'changed meanwhile');
    await expect.text('[data-testid=state-conflict]', 'theirs');
    await expect.text('[data-testid=state-conflict]', 'mine');
    await axe();
    await shot('state-conflict');
    await id(button).click();
    await expect.text('[data-testid=state-editor]', title);
    await expect.that(async () => (await read(get, 'books', 'book-002')).value.title === title, `${title} in the store`);
  }
  await write(page, 'state-editor', '{"title": "again"}');
  await post('/__motia/state/delete', { items: [{ groupId: 'books', key: 'book-002' }] });
  await id('state-save').click();
  await expect.text('[data-testid=state-conflict]', 'deleted meanwhile');
  await id('keep-mine').click();
  await expect.that(async () => (await read(get, 'books', 'book-002')).value?.title === 'again', 'created again');
}

export async function when_it_ends_is_changed({ page, go, get, expect, id }) {
  await go('/state?group=short&key=fades');
  await expect.text(PANEL, /in 5\d m/);
  await id('edit-ttl').click();
  await id('ttl-number').fill('2');
  await id('ttl-unit').selectOption({ label: 'days' });
  await id('save-ttl').click();
  await expect.text(PANEL, /in (2 d|1 d 23 h)/);
  const { expires, value } = await read(get, 'short', 'fades');
  if (expires - Date.now() < 47 * 3_600_000 || value.a !== 1) throw new Error(`it ends at ${expires} with ${JSON.stringify(value)}`);
  await id('edit-ttl').click();
  await page.getByLabel('It never ends').check();
  await id('save-ttl').click();
  await expect.that(async () => (await read(get, 'short', 'fades')).expires === null, 'it never ends');
}

export async function what_is_copied_reads_it({ page, go, expect, id }) {
  await go(`/state?group=kinds&key=${encodeURIComponent("with:colon's")}`);
  await expect.text(PANEL, "with:colon's");
  await id('copy-path').click();
  await page.getByRole('menuitem', { name: 'The call that reads it' }).click();
  await expect.that(
    async () => (await page.evaluate(() => navigator.clipboard.readText())) === "state.get('kinds', 'with:colon\\'s')",
    'the call in the clipboard',
  );
}

export async function large_values_wait_until_they_are_wanted({ page, go, expect, id }) {
  const asked = [];
  const hear = (request) => request.url().includes('api/state/item') && asked.push(request.url());
  page.on('request', hear);
  await go('/state?group=large');
  await expect.text(item('large', 'long'), 'open it to load it');
  await page.locator(item('large', 'long')).click();
  await expect.text(PANEL, 'This value is large');
  if (asked.length) throw new Error('it was loaded unasked');
  await id('load-value').click();
  await expect.text(PANEL, '[1,000 entries]');
  page.off('request', hear);
}

export async function a_change_by_somebody_else_flashes({ page, go, post, expect }) {
  await put(post, 'books', 'book-003', { title: 'Volume 3', pages: 30 });
  await go('/state?group=books&key=book-003');
  await expect.text(item('books', 'book-003'), 'pages: 30');
  await page.evaluate((selector) => {
    window.flashed = false;
    const look = () => {
      if (/flash/.test(document.querySelector(selector)?.className ?? '')) window.flashed = true;
      requestAnimationFrame(look);
    };
    look();
  }, item('books', 'book-003'));
  // Of the same length: neither the count nor the size of the group tells of it.
  await put(post, 'books', 'book-003', { title: 'Volume 3', pages: 31 });
  await expect.text(item('books', 'book-003'), 'pages: 31');
  await expect.text(PANEL, '31');
  await expect.that(() => page.evaluate(() => window.flashed), 'a flash');
  await put(post, 'newcomers', 'one', 1);
  await expect.text(group('newcomers'), '1 key');
}

export async function entries_are_made({ page, go, get, post, expect, id, axe, shot, forgive }) {
  forgive(/409/);
  await go('/state?group=kinds');
  await id('new-entry').click();
  await id('new-group').fill('made here');
  await id('new-key').fill('first');
  await write(page, 'new-value', '{"made": true}');
  await axe('[role=dialog]');
  await shot('state-new');
  await id('create-entry').click();
  await expect.address('group=made+here');
  await expect.text(PANEL, /made\s*:\s*true/);
  await expect.text(group('made here'), '1 key');
  await id('new-entry').click();
  await id('new-key').fill('first');
  await write(page, 'new-value', '0');
  await id('create-entry').click();
  await expect.text('[role=dialog]', 'There is one of this key already');
  if ((await read(get, 'made here', 'first')).value.made !== true) throw new Error('overwritten');
  await page.keyboard.press('Escape');
}

export async function entries_are_deleted({ page, go, get, expect, id, shot, forgive }) {
  // The panel may look for it once more before it closes.
  forgive(/404/);
  await go('/state?group=books&key=book-010');
  await expect.text(PANEL, 'Volume 10');
  await id('state-delete').click();
  await id('confirm').click();
  await expect.gone(PANEL);
  await expect.gone(item('books', 'book-010'));
  for (const key of ['book-011', 'book-012']) await id(`tick-books:${key}`).check();
  await expect.text('[data-testid=ticked-bar]', '2 ticked');
  await shot('state-ticked');
  await id('ticked-bar').getByRole('button', { name: 'Delete' }).click();
  await expect.text('[role=dialog]', 'Delete 2 entries?');
  await id('confirm').click();
  await expect.gone(item('books', 'book-011'));
  await expect.gone(item('books', 'book-012'));
  await expect.gone('[data-testid=ticked-bar]');
  await page.locator(item('books', 'book-013')).waitFor();
  await page.locator(group('doomed')).click();
  await id('group-menu').click();
  await id('delete-group').click();
  await expect.text('[role=dialog]', 'Delete 3 keys');
  await id('confirm').click();
  await expect.gone(group('doomed'));
  await expect.address(/\/state$/);
  const { items } = await get('/__motia/api/state?groupId=doomed');
  if (items.length) throw new Error('the group is still there');
}

export async function what_is_not_there_is_said({ go, expect, forgive }) {
  forgive(/404/);
  await go('/state?group=books&key=never');
  await expect.text(PANEL, 'There is no such entry');
}

export async function numbers_of_any_length_stay_as_they_are({ page, go, expect, id, server }) {
  const long = '12345678901234567890';
  // Written by hand: this script would round it too.
  const body = `{"groupId": "exact", "key": "order", "value": {"id": ${long}, "all": [-${long}], "note": "old"}}`;
  await fetch(`${server}/__motia/state`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  await go('/state?group=exact&key=order');
  await expect.text(item('exact', 'order'), long);
  await expect.text(PANEL, long);
  await id('state-edit').click();
  await expect.text('[data-testid=state-editor]', `-${long}`);
  await write(page, 'state-editor', `{"id": ${long}, "all": [-${long}], "note": "new"}`);
  await id('state-save').click();
  await expect.text('[data-testid=state-editor]', `"id": ${long}`);
  const read = async () => (await fetch(`${server}/__motia/api/state/item?groupId=exact&key=order`)).text();
  await expect.that(async () => (await read()).includes('"note":"new"'), 'saved');
  if (!(await read()).includes(`{"id":${long},"all":[-${long}],`)) throw new Error(`rounded: ${await read()}`);
}
