/** What is done in the page to see that workers are shown as they are. */

export async function lists_pools_and_processes({ page, go, get, expect, axe, theme, shot }) {
  await go('/workers');
  for (const { name, workers } of await get('/__motia/api/workers')) {
    const card = `[data-testid="pool-${name}"]`;
    await expect.text(card, 'ready');
    for (const worker of workers) {
      await expect.text(card, worker.name);
      await expect.text(card, `pid ${worker.pid}`);
      await expect.text(card, worker.runtime);
      await expect.text(card, /MiB/);
    }
  }
  await page.locator('[data-testid=worker] polyline').first().waitFor();
  await axe();
  await shot('workers');
  await theme('light');
  await axe();
  await shot('workers-light');
  await theme('dark');
}

export async function a_pool_can_be_linked_to({ page, go, id, expect, axe, size, shot }) {
  await go('/workers');
  await page.getByRole('button', { name: 'Details of node' }).click();
  await expect.address('open=node');
  await expect.text('[data-testid=sidebar-panel]', 'Why workers went');
  await expect.text('[data-testid=sidebar-panel]', 'None went since the start');
  await axe();
  await page.reload();
  await expect.text('[data-testid=sidebar-panel] h2', 'node');
  await size(1024, 700);
  await shot('workers-small');
  await size(1440, 900);
  await page.goBack();
  await expect.gone('[data-testid=sidebar-panel]');
  await page.goForward();
  await id('sidebar-panel').waitFor();
  await page.keyboard.press('Escape');
  await expect.gone('[data-testid=sidebar-panel]');
}

export async function given_workers_are_shown({ go, expect }) {
  await go('/workers');
  await expect.text('[data-testid=pool-ruby]', 'ready');
}

export async function given_a_crash({ page, given, expect, axe, shot }) {
  const card = `[data-testid=pool-${given.pool}]`;
  await expect.text(card, 'ended by itself');
  await expect.text(card, 'was killed by SIGKILL');
  await expect.text(card, '1 replacement');
  await page.getByRole('button', { name: `Details of ${given.pool}` }).click();
  await expect.count('[data-testid=gone]', 1);
  await expect.text('[data-testid=gone]', given.worker);
  await axe();
  await shot('workers-crash');
}

export async function given_a_restart({ go, given, id, expect, shot }) {
  await go('/workers');
  await id(`restart-${given.pool}`).click();
  await expect.text('[role=dialog]', 'No request is dropped');
  await shot('workers-restart');
  await id('confirm').click();
  await expect.text('body', `Workers of ${given.pool} are being replaced`);
  await expect.text(`[data-testid=pool-${given.pool}]`, 'replaced');
}

export async function given_a_circuit_that_is_open({ page, go, given, expect, axe, shot }) {
  await go('/workers');
  const card = `[data-testid="pool-${given.pool}"]`;
  await expect.text(card, 'does not start');
  await expect.text(card, 'exited with code 3');
  await expect.text(card, /Next try (in [\d.]+ s|now)/);
  // What does not run stands first.
  const first = await page.locator('[data-testid^=pool-]').first().getAttribute('data-testid');
  if (first !== `pool-${given.pool}`) throw new Error(`${first} stands first`);
  await axe();
  await shot('workers-circuit');
  await go('/overview');
  await expect.text('[data-testid=verdict]', `Workers of ${given.pool} do not start`);
  await expect.text('[data-testid=runtimes]', 'does not start');
}

export async function given_they_start_again({ go, given, expect }) {
  await expect.gone('[data-testid=runtimes]');
  await go('/workers');
  await expect.text(`[data-testid="pool-${given.pool}"]`, 'ready');
}

export async function given_a_missing_runtime({ go, get, given, id, expect, axe, shot }) {
  const { problem } = (await get('/__motia/api/pools')).items.find((one) => one.name === given.pool);
  await go('/workers');
  await expect.text(`[data-testid=pool-${given.pool}]`, 'runtime is missing');
  await expect.text(`[data-testid=pool-${given.pool}]`, problem);
  if (await id(`restart-${given.pool}`).count()) throw new Error('there is nothing to restart');
  await axe();
  await shot('workers-missing');
  await go('/overview');
  await expect.text('[data-testid=verdict]', `${given.pool} cannot run here`);
  await expect.text('[data-testid=runtimes]', problem);
  await axe();
  await id('runtimes').getByRole('link', { name: given.pool }).click();
  await expect.address(`open=${given.pool}`);
}
