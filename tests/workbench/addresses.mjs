/** What is done in the page to see that an address leads to what it names, whatever the name is made of. */

const PANEL = '[data-testid=sidebar-panel]';

export async function a_key_is_not_taken_for_another({ page, go, post, expect }) {
  for (const key of ['a/b', 'a%2Fb', '50%25', 'a?b#c&d=e+f']) {
    await post('/__motia/state', { groupId: 'odd %2F', key, value: `this is ${key}` });
    await post('/__motia/state', { groupId: key, key: 'one', value: `within ${key}` });
  }
  await go('/state?group=odd+%252F');
  for (const key of ['a/b', 'a%2Fb', '50%25', 'a?b#c&d=e+f']) {
    await page.getByTestId(`item-odd %2F:${key}`).click();
    await expect.text(PANEL, `this is ${key}`);
    await page.reload();
    await expect.text(PANEL, `this is ${key}`);
    await page.keyboard.press('Escape');
    await expect.gone(PANEL);
  }
  for (const group of ['a%2Fb', '50%25']) {
    await page.getByTestId(`group-${group}`).click();
    await expect.text('[data-testid^="item-"]', `within ${group}`);
  }
}

export async function given_a_flow_with_a_slash({ page, go, id, expect }) {
  await go('/flows/orders');
  await id('flows-dropdown-trigger').click();
  await id('dropdown-shop/parcels 100%25').click();
  await id('node-pack/parcel?').waitFor();
  await page.reload();
  await id('node-pack/parcel?').waitFor();
  await expect.text('[data-testid=flows-dropdown-trigger]', 'shop/parcels 100%25');
  await go('/queues');
  await page.getByText('Pack/Parcel?').first().click();
  await expect.address('/queues/Pack%2FParcel%3F');
  await expect.text('main h2', 'Pack/Parcel?');
  await expect.text('main', 'parcel.ready');
}
