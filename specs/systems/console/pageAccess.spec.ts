import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { launch, withoutBrowser } from '../../support/browser.ts';
import { eventually } from './support/eventually.ts';
import { startConsole, type RunningConsole } from './support/startConsole.ts';
import { VIEWS } from './support/views.ts';
import { watchedPage, type WatchedPage } from './support/watchedPage.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const SCREENS = [
  { name: 'light', colorScheme: 'light', width: 1_280 },
  { name: 'dark', colorScheme: 'dark', width: 1_280 },
  { name: 'narrow', colorScheme: 'light', width: 390 },
  { name: 'narrow and dark', colorScheme: 'dark', width: 390 },
] as const;

type Tail<T extends readonly unknown[]> = T extends readonly [unknown, ...infer Rest] ? Rest : never;

describe.skipIf(withoutBrowser())('the console for everybody', () => {
  let browser: Browser;
  let server: RunningConsole;

  beforeAll(async () => {
    [browser, server] = await Promise.all([launch(), startConsole()]);
    await server.ask('POST', '/hooks/orders', { id: 1 });
    await server.ask('POST', '/v1/jobs/quick', {});
    await server.ask('POST', '/v1/commands/demo.greet', { name: '' });
    await server.ask('POST', '/register', { qmgr: 'QM1', queue: 'A', notify: 'https://example.org/hook' });
    await server.ask('PATCH', '/v1/demo', { subscribers: { mail: { delayMs: 5_000 }, billing: { throws: true } } });
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await server.end();
  });

  async function opened(...options: Tail<Parameters<typeof watchedPage>>): Promise<WatchedPage> {
    const watched = await watchedPage(browser, ...options);
    onTestFinished(() => watched.page.close()); // the server has room for 16 of them
    return watched;
  }

  it.each(VIEWS)('has nothing that axe finds fault with, and fits every screen: %s', async (hash, title) => {
    const { page, view } = await opened(server.url);
    await view(hash, title);
    if (hash !== 'catalogue') await page.getByText('live', { exact: true }).waitFor();
    await eventually(() => page.locator('.spinner').count()).toBe(0);
    if (hash === 'graph') await page.getByRole('button', { name: 'mail', exact: true }).click();
    await page.evaluate(AXE); // as a debugger would: the page itself lets no other script in

    const faults: string[] = [];
    for (const { name, colorScheme, width } of SCREENS) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 844 });
      await eventually(() => page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
      const { violations } = await page.evaluate(() =>
        (window as any).axe.run(document, { resultTypes: ['violations'] }),
      );
      for (const { id, nodes } of violations) {
        faults.push(`${name}: ${id}: ${nodes.map(({ html }: any) => html.slice(0, 160)).join(' | ')}`);
      }
    }
    expect(faults).toEqual([]);
  });

  it('can be walked through with the keyboard alone', async () => {
    const { page, view } = await opened(server.url);
    await view('graph', 'Graph');
    await page.getByRole('button', { name: 'mail', exact: true }).waitFor();
    const focused = () =>
      page.evaluate(() => {
        const { tagName, textContent, ariaLabel } = document.activeElement as HTMLElement;
        return `${tagName} ${(ariaLabel ?? textContent).trim()}`;
      });
    const visible = () => page.evaluate(() => getComputedStyle(document.activeElement!).outlineStyle);
    const seen: string[] = [];
    for (let i = 0; i < 80 && seen.at(-1) !== 'BUTTON mail'; i++) {
      await page.keyboard.press('Tab');
      seen.push(await focused());
      if (seen.length > 1) expect(await visible(), seen.at(-1)).not.toBe('none');
    }
    expect(seen.slice(0, 3)).toEqual(['A Skip to the content', 'A rxfan', 'A Catalogue']);
    expect(seen).toContain('INPUT Filter by name');
    expect(seen).toContain('SELECT Kind');
    expect(seen.at(-1)).toBe('BUTTON mail');
    await page.keyboard.press('Enter');
    await eventually(focused).toMatch(/^H2 demo.orders\/mail/);
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('BUTTON Close');
    await page.keyboard.press('Enter');
    await eventually(focused).toBe('BUTTON mail');
    await page.keyboard.press('/');
    await eventually(focused).toBe('INPUT Filter by name');
  });

  it('moves nothing for those who do not want it', async () => {
    const { page, view } = await opened(server.url, { reducedMotion: 'reduce' });
    await page.route('**/v1/jobs?*', () => undefined); // never answered: it goes on loading
    await view('jobs', 'Jobs');
    await page.locator('.spinner').waitFor();
    const running = await page.evaluate(() => document.getAnimations().length);
    expect(running).toBe(0);
  });
});
