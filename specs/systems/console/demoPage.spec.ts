import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launch, withoutBrowser } from '../../support/browser.ts';
import { eventually } from './support/eventually.ts';
import { startConsole, type RunningConsole } from './support/startConsole.ts';
import { watchedPage, type WatchedPage } from './support/watchedPage.ts';

describe.skipIf(withoutBrowser())('the demo in the browser', () => {
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
    await watched.view('demo', 'Demo');
    await page.getByText('All is well').waitFor();
  });
  afterEach(async () => {
    const { complaints, foreign } = watched;
    await page.close();
    await server.ask('POST', '/v1/demo/reset', {});
    expect({ complaints, foreign }).toEqual({ complaints: [], foreign: [] });
  });

  const row = (id: string) =>
    page.getByRole('row').filter({ has: page.getByRole('spinbutton', { name: `${id} takes` }) });
  const meter = (id: string) => row(id).getByRole('meter');
  const toneOf = async (id: string) => (await meter(id).getAttribute('class'))?.replace('depth', '').trim();
  const perSecond = async (id: string) => Number(await row(id).locator('[data-title="Per s"]').textContent());
  const set = async (name: string, value: number) => {
    await page.getByRole('spinbutton', { name }).fill(String(value));
    await page.keyboard.press('Tab');
  };
  const goesOn = (rate: number) => rate > 12 && rate < 28; // 20 a second, in a window of one

  it('turns the lane of a slow subscriber amber with one alert, leaves its neighbours alone, and clears', async () => {
    await eventually(async () => goesOn(await perSecond('metrics'))).toBe(true);
    const raised: number[] = [];
    await page.exposeFunction('noteAlerts', (text: string) => raised.push(Number(/\d+/.exec(text)?.[0] ?? 0)));
    await page.evaluate(() => {
      const told = document.querySelector('.alerts')!;
      const note = () => (window as any).noteAlerts(told.textContent);
      new MutationObserver(note).observe(told, { subtree: true, childList: true, characterData: true });
    });
    await set('mail takes, ms', 5_000);
    await page
      .getByText(/mail gets 0.2 of 20 a second done: its lane is full in about 5\.\d s, raises one alert/)
      .waitFor();
    await row('mail').locator('.depth.amber').waitFor();
    await page.getByText('1 alert', { exact: true }).waitFor();
    await page.getByText(/subscriber 'demo.orders\/mail' \(.*its running attempt/).waitFor();

    expect(goesOn(await perSecond('metrics'))).toBe(true);
    expect(goesOn(await perSecond('billing'))).toBe(true);
    expect([await toneOf('metrics'), await toneOf('billing')]).toEqual(['calm', 'calm']);

    await page.getByRole('button', { name: 'Reset' }).click();
    await eventually(() => toneOf('mail')).toBe('calm');
    await eventually(() => page.getByText('1 alert', { exact: true }).count()).toBe(0);
    expect(Math.max(...raised)).toBe(1);
    expect(raised.filter((count, i) => count === 1 && raised[i - 1] !== 1)).toHaveLength(1);
  });

  it('shows a subscriber that throws in red, and the others as before', async () => {
    await page.getByRole('switch', { name: 'mail throws' }).check();
    await page.getByText('Every attempt of mail fails').waitFor();
    await row('mail').locator('.state.red').waitFor();
    expect([await toneOf('metrics'), await toneOf('archive')]).toEqual(['calm', 'calm']);
    await page.getByRole('button', { name: 'Reset' }).click();
    await eventually(() => row('mail').locator('.state.red').count()).toBe(0);
  });

  it('says that the merge waits for the source that was stopped', async () => {
    await page.getByRole('switch', { name: 'web runs' }).uncheck();
    await page.getByText('The merge waits for web').waitFor();
    await page.getByText(/merge 'demo.merge'.*waits for source .*has shown no value for \d/).waitFor();
    await eventually(() => perSecond('metrics')).toBe(0);
  });

  it('fills the lane of a subscriber that is paused', async () => {
    await page.getByRole('switch', { name: 'archive is paused' }).check();
    await row('archive').getByText('paused').waitFor();
    await eventually(async () => Number(await meter('archive').getAttribute('aria-valuenow'))).toBeGreaterThan(10);
  });

  it('refuses a number that the server would not take', async () => {
    await set('mail takes, ms', 60_001);
    expect((await server.ask('GET', '/v1/demo')).subscribers.find(({ id }: any) => id === 'mail').delayMs).toBe(20);
  });
});
