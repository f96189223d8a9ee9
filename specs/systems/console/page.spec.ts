import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launch, withoutBrowser } from '../../support/browser.ts';
import { startConsole, type RunningConsole } from './support/startConsole.ts';
import { eventually } from './support/eventually.ts';
import { VIEWS } from './support/views.ts';
import { watchedPage, type WatchedPage } from './support/watchedPage.ts';

describe.skipIf(withoutBrowser())('the console in the browser', () => {
  let browser: Browser;
  let server: RunningConsole;
  let watched: WatchedPage;
  let page: Page;

  beforeAll(async () => {
    [browser, server] = await Promise.all([launch(), startConsole()]);
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await server.end();
  });
  beforeEach(async () => {
    watched = await watchedPage(browser, server.url);
    ({ page } = watched);
  });
  afterEach(async () => {
    const { complaints, foreign } = watched;
    await page.close();
    expect({ complaints, foreign }).toEqual({ complaints: [], foreign: [] });
  });

  const row = (text: string) => page.getByRole('row').filter({ hasText: text });
  const live = () => page.getByText('live', { exact: true }).waitFor();

  it('begins at the catalogue, and leads to every view that the server has', async () => {
    await page.goto(server.url);
    const names = () => page.getByRole('navigation', { name: 'Views' }).getByRole('listitem').allTextContents();
    await eventually(async () => (await names()).map((name) => name.trim())).toEqual(VIEWS.map(([, title]) => title));

    for (const [hash, title] of VIEWS.toReversed()) {
      await page.getByRole('navigation').getByRole('link', { name: title, exact: true }).click();
      await page.getByRole('heading', { level: 1, name: title }).waitFor();
      expect(new URL(page.url()).hash.replace('#', '') || 'catalogue').toBe(hash);
      await eventually(() => page.title()).toBe(`${title} · rxfan`);
      await eventually(() => page.evaluate(() => document.activeElement?.tagName)).toBe('H1');
    }
  });

  it('keeps addresses of the catalogue as they were', async () => {
    await page.goto(`${server.url}?query=nothing`);
    await page.getByText('No package matches.').waitFor();

    expect(page.url()).toBe(`${server.url}?query=nothing`);
    expect(await page.getByRole('searchbox', { name: 'Search packages' }).inputValue()).toBe('nothing');
  });

  it('shows things with what belongs to them, and says of one why it waits', async () => {
    await watched.view('graph', 'Graph');
    const lane = page.getByRole('button', { name: 'archive', exact: true });
    await lane.focus();
    await page.keyboard.press('Enter');

    const panel = page.getByRole('complementary', { name: 'Details' });
    await panel.getByText(/subscriber 'demo.orders\/archive'/).waitFor();
    await panel.getByText('high watermark').waitFor();
    await eventually(() => page.evaluate(() => document.activeElement?.tagName)).toBe('H2');

    await page.keyboard.press('Escape');
    await eventually(() => panel.count()).toBe(0);
    expect(await lane.evaluate((button) => button === document.activeElement)).toBe(true);
  });

  it('narrows the graph by name and by kind, and says so when nothing matches', async () => {
    await watched.view('graph', 'Graph');
    await page.getByRole('button', { name: 'memory', exact: true }).waitFor();
    const filter = page.getByRole('searchbox', { name: 'Filter by name' });

    await filter.fill('demo.orders/mail');
    await eventually(async () => (await page.locator('.pick').allTextContents()).map((text) => text.trim())).toEqual([
      'demo.orders/mail',
    ]);
    await filter.fill('nothing has this name');
    await page.getByText('Nothing matches.').waitFor();
    await filter.fill('');
    await page.getByRole('combobox', { name: 'Kind' }).selectOption('merge');
    await eventually(() => page.locator('.card').count()).toBe(1);
    await live();
  });

  it('shows receivers and routes in words, and puts what is parked in line again when the reader says so', async () => {
    await server.ask('POST', '/hooks/orders', { id: 1 });
    await watched.view('receivers', 'Receivers');
    const receiver = page.getByRole('region', { name: 'Receiver orders' });
    await receiver
      .getByText('Takes what is posted to /hooks/orders, and answers once every route has it in line.')
      .waitFor();
    const route = row('shop').filter({ has: page.getByRole('button', { name: 'Redrive' }) });
    await route.getByText(/route shop failed on .*attempt 1/).waitFor();

    await route.getByRole('button', { name: 'Redrive' }).click();
    const question = page.getByRole('dialog', { name: 'Redrive what is parked?' });
    await question.getByText('1 event goes in line again at route shop of orders.').waitFor();
    await question.getByRole('button', { name: 'Cancel' }).click();
    await route.getByRole('button', { name: 'Redrive' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Redrive' }).click();
    await page.getByText('1 event is in line again.').waitFor();
  });

  it('starts a job, follows what it tells, and cancels it', async () => {
    await watched.view('jobs', 'Jobs');
    const form = page.getByRole('form', { name: 'Start a job' });
    await form.getByText('slow takes anything').waitFor();
    await form.getByLabel('Kind').selectOption('slow');
    await form.getByRole('button', { name: 'Start' }).click();

    await page.getByRole('log').getByText('step: 3', { exact: true }).waitFor();
    await row('slow')
      .getByText(/Runs: step: \d+/)
      .waitFor();
    await row('slow').getByRole('button', { name: 'Cancel' }).click();
    await row('slow')
      .getByText(/Was cancelled/)
      .waitFor();
    await page.getByRole('log').getByText('is cancelled').waitFor();
    await page.getByText('over', { exact: true }).waitFor();
  });

  it('asks for more jobs than fit a page by the token of the page before', async () => {
    for (let n = 0; n < 60; n++) await server.ask('POST', '/v1/jobs/quick', { n });
    await watched.view('jobs', 'Jobs');
    await eventually(() => row('quick').count()).toBe(50);
    await page.getByRole('button', { name: 'More' }).click();
    await eventually(() => row('quick').count()).toBe(60);
    await eventually(() => page.getByRole('button', { name: 'More' }).count()).toBe(0);
  });

  it('sends nothing that is no JSON, and says what became of a command', async () => {
    await watched.view('operations', 'Operations');
    const form = page.getByRole('form', { name: 'Send a command' });
    await form.getByText('demo.greet takes a name').waitFor();
    const data = form.getByRole('textbox');
    await data.fill('{ "name": ');
    await form.getByRole('button', { name: 'Send' }).click();
    expect(await data.evaluate((box: HTMLTextAreaElement) => box.validationMessage)).toContain('This is no JSON');

    await data.fill('{ "name": "Ida" }');
    await form.getByRole('button', { name: 'Send' }).click();
    await row('succeeded')
      .getByText(/Succeeded after/)
      .waitFor();
    await data.fill('{ "name": "" }');
    await form.getByRole('button', { name: 'Send' }).click();
    await row('failed')
      .getByText(/there is nobody to greet/)
      .waitFor();
  });

  it('shows what was given up and why, and puts it in line again', async () => {
    await server.ask('POST', '/hooks/orders', { id: 2 });
    await watched.view('dead-letters', 'Dead letters');
    const parked = row('shop').filter({ has: page.getByRole('button', { name: 'Redrive' }) });
    await parked.getByRole('button', { name: 'Redrive' }).click();
    await page.getByRole('dialog', { name: 'Redrive dead letters?' }).getByRole('button', { name: 'Redrive' }).click();
    await page.getByText(/messages? (is|are) in line again\./).waitFor();
  });

  it('shows who is registered for which queue', async () => {
    await server.ask('POST', '/register', { qmgr: 'QM1', queue: 'ORDERS.IN', notify: 'https://example.org/hook' });
    await watched.view('observer', 'Observer');
    await row('ORDERS.IN').getByText('active').waitFor();
    await page.getByRole('region', { name: 'Queue managers' }).getByText('QM1').waitFor();
  });

  it('draws how the process does, and gives a snapshot in three forms', async () => {
    await watched.view('process', 'Process');
    for (const name of ['Event loop lag', 'CPU', 'Heap in use', 'Resident memory']) {
      await page.getByRole('img', { name: new RegExp(`^${name}.* in the last two minutes: now`) }).waitFor();
    }
    await eventually(() => page.locator('.chart path.line').first().getAttribute('d')).toMatch(/^M.+L.+L/);
    await page.getByRole('region', { name: 'Totals' }).getByText('subscriber').waitFor();
    for (const [name, file] of [
      ['JSON', 'snapshot.json'],
      ['Mermaid', 'snapshot.mmd'],
      ['DOT', 'snapshot.dot'],
    ] as const) {
      const saved = page.waitForEvent('download');
      await page.getByRole('link', { name }).click();
      expect((await saved).suggestedFilename()).toBe(file);
    }
  });
});
