import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { launch, withoutBrowser } from '../../support/browser.ts';
import { eventually } from './support/eventually.ts';
import { startConsole, withToken, type RunningConsole } from './support/startConsole.ts';
import { watchedPage } from './support/watchedPage.ts';

const TOKEN = 'a-token-of-the-spec';

describe.skipIf(withoutBrowser())('the console where something is wrong', () => {
  let browser: Browser;
  const pages: Page[] = [];

  beforeAll(async () => {
    browser = await launch();
  }, 60_000);
  afterAll(() => browser.close());
  afterEach(async () => {
    for (const page of pages.splice(0)) await page.close();
  });

  async function started(...options: Parameters<typeof startConsole>): Promise<RunningConsole> {
    const server = await startConsole(...options);
    onTestFinished(() => server.end());
    return server;
  }
  async function opened(url: string, ...options: Parameters<Browser['newPage']>) {
    const watched = await watchedPage(browser, url, ...options);
    pages.push(watched.page);
    return watched;
  }

  it('asks for the token that the server wants, keeps it in this tab alone, and shows it with every request', async () => {
    const server = await started({ config: withToken(TOKEN), token: TOKEN });
    const { page } = await opened(server.url);
    await page.goto(`${server.url}#graph`);
    const form = page.getByRole('form', { name: 'This server asks for a token' });
    await form.getByLabel('Admin token').fill('wrong');
    await form.getByRole('button', { name: 'Use token' }).click();
    const refused = page.getByRole('form', { name: 'That token was refused' });
    await refused.getByLabel('Admin token').fill(TOKEN);
    await page.keyboard.press('Enter');

    await page.getByText('live', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'demo.orders', exact: true }).waitFor();
    expect(await page.getByRole('form', { name: /token/i }).count()).toBe(0);
    expect(await page.evaluate(() => Object.fromEntries(Object.entries(sessionStorage)))).toEqual({
      'rxfan.token': TOKEN,
    });
    expect(await page.evaluate(() => [localStorage.length, document.cookie])).toEqual([0, '']);
    expect(page.url()).not.toContain(TOKEN);

    await page.getByRole('link', { name: 'Process' }).click();
    const saved = page.waitForEvent('download');
    await page.getByRole('link', { name: 'JSON' }).click();
    expect((await saved).suggestedFilename()).toBe('snapshot.json');
  });

  it('says that it is not connected while the server is gone, keeps what it knew, and goes on by itself', async () => {
    const server = await started();
    const { page, view } = await opened(server.url);
    await view('graph', 'Graph');
    await page.getByText('live', { exact: true }).waitFor();
    const port = Number(new URL(server.url).port);
    server.program.child.kill('SIGKILL');

    await page.getByText('not connected, trying again').waitFor();
    await page.getByRole('button', { name: 'demo.orders', exact: true }).waitFor();
    await started({ port });
    await page.getByText('live', { exact: true }).waitFor();
    await page.getByRole('link', { name: 'Jobs' }).click();
    await page.getByText('No job was started yet.').waitFor();
  });

  it('never shows nothing as if that were all: a list that does not come says so', async () => {
    const server = await started();
    const { page, view } = await opened(server.url);
    await page.route(/\/v1\/(jobs|receivers|deadletters|operations)\?/, (route) => route.abort());
    for (const [hash, title] of [
      ['jobs', 'Jobs'],
      ['operations', 'Operations'],
      ['receivers', 'Receivers'],
      ['dead-letters', 'Dead letters'],
    ] as const) {
      await view(hash, title);
      await page.getByText('The server does not answer. Trying again.').waitFor();
      expect(await page.getByText(/No job was|No command was|No receiver is|Nothing was given up/).count()).toBe(0);
    }
  });

  it('shows its token to nobody who has keys of its own, and asks for none there', async () => {
    const server = await started({ config: withToken(TOKEN), token: TOKEN });
    const { page } = await opened(server.url);
    await page.addInitScript((token) => sessionStorage.setItem('rxfan.token', token), TOKEN);
    await page.route('**/register?*', (route) =>
      route.fulfill({ status: 401, json: { code: 'unauthorized', detail: 'this needs a bearer token' } }),
    );
    const asked = page.waitForRequest('**/register?*');
    await page.goto(`${server.url}#observer`);
    expect((await asked).headers()['authorization']).toBeUndefined();
    await page.getByText('Each owner of a key sees registrations of its own').waitFor();
    expect(await page.getByRole('form', { name: /token/i }).count()).toBe(0);
  });

  it('closes its stream while the tab is hidden, and opens it again', async () => {
    const server = await started();
    const { page, view } = await opened(server.url);
    await view('graph', 'Graph');
    await page.getByText('live', { exact: true }).waitFor();
    const show = (hidden: boolean) =>
      page.evaluate((isHidden) => {
        Object.defineProperty(document, 'hidden', { configurable: true, get: () => isHidden });
        document.dispatchEvent(new Event('visibilitychange'));
      }, hidden);

    const closed = page.waitForEvent('requestfailed', (request) => request.url().includes('/v1/console/live'));
    await show(true);
    expect((await closed).failure()?.errorText).toBe('net::ERR_ABORTED');
    const again = page.waitForRequest(/\/v1\/console\/live/);
    await show(false);
    await again;
    await page.getByText('live', { exact: true }).waitFor();
  });

  it('is the catalogue alone where there is no console', async () => {
    const server = await started();
    const { page, complaints } = await opened(server.url);
    await page.route('**/openapi.json', (route) => route.fulfill({ json: { paths: { '/v1/packages': {} } } }));
    await page.goto(`${server.url}#graph`);
    await page.getByRole('heading', { level: 1, name: 'Catalogue' }).waitFor();
    expect(await page.getByRole('navigation').count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  it.each([1_280, 390])('shows names of strangers as text of one line, %i wide', async (width) => {
    const server = await started();
    const names = [
      '<img src=x onerror="document.title=1">',
      '\u202Edrawkcab\u202E',
      'a\nb\r\nc\u2028d',
      'x'.repeat(50_000),
      '__proto__',
      '" onclick="document.title=2',
    ];
    const nodes = names.flatMap((name, i) => [
      node(2 * i + 1, 'topic', name),
      { ...node(2 * i + 2, 'subscriber', `${name}/${name}`), within: 2 * i + 1 },
    ]);
    const graph = {
      ...{ time: Date.now(), process: { uptimeMs: 1, lagP99Ms: 0, lagMaxMs: 0, cpu: 0 }, totals: { topic: 6 } },
      ...{ alerts: 0, omitted: 9_800, nodes },
    };
    const { page, view, complaints } = await opened(server.url, { viewport: { width, height: 800 } });
    await page.route(/\/v1\/console\/live/, (route) =>
      route.fulfill({ contentType: 'text/event-stream', body: `event: graph\ndata: ${JSON.stringify(graph)}\n\n` }),
    );
    await page.route(/\/v1\/console\/explanation/, (route) =>
      route.fulfill({
        json: {
          sentence: names.join(' '),
          chain: [
            { id: 1, kind: 'topic', name: names[3] },
            { id: 2, kind: names[0], name: names[1] },
          ],
          deadlock: [],
        },
      }),
    );
    await view('graph', 'Graph');
    await eventually(() => page.locator('.card').count()).toBe(names.length);
    await page.getByText('9,800 more are not shown').waitFor();
    await page.getByRole('button', { name: /^x+/ }).first().click();
    await page.getByRole('complementary', { name: 'Details' }).waitFor();

    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    expect(await page.title()).toBe('Graph · rxfan');
    expect(await page.locator('main img').count()).toBe(0);
    const heights = await page
      .locator('.pick')
      .evaluateAll((all) => all.map((one) => one.getBoundingClientRect().height));
    expect(Math.max(...heights)).toBeLessThan(32);
    const longest = await page.locator('.pick').evaluateAll((all) => all.map((one) => one.textContent.length));
    expect(Math.max(...longest)).toBeLessThan(300);
    expect(complaints).toEqual([]);
  });
});

function node(id: number, kind: string, name: string) {
  return { id, kind, name, figures: { waiting: 1, capacity: 2 }, rates: {}, counts: {}, waits: [] };
}
