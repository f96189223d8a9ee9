import type { Browser, Page } from 'playwright-core';
import { defer, throwError } from 'rxjs';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { PackageSource } from '../../../lib/adapters/packages/package.ts';
import { FormatError } from '../../../lib/contracts/failure.ts';
import { loadAssets } from '../../../lib/systems/catalogue/loadAssets.ts';
import { launch, withoutBrowser } from '../../support/browser.ts';
import { manyOf, startCatalogue, type TestCatalogue } from '../../support/catalogue.ts';

/** A source that can be broken and repaired. */
function fragile(source: PackageSource): PackageSource & { broken: boolean } {
  const it = {
    ...source,
    broken: false,
    fetch: (request: Parameters<PackageSource['fetch']>[0]) =>
      it.broken
        ? throwError(() => new FormatError('/var/lib/dpkg/status', 17, 'a field without a name'))
        : defer(() => source.fetch(request)),
  };
  return it;
}

describe.skipIf(withoutBrowser())('the page in the browser', () => {
  const dpkg = fragile(manyOf('dpkg', 50, 'debian'));
  let browser: Browser;
  let catalogue: TestCatalogue;
  let page: Page;
  let complaints: string[];

  beforeAll(async () => {
    browser = await launch();
    const sources = [manyOf('npm', 1_500, 'module'), manyOf('python', 700, 'wheel'), dpkg];
    catalogue = await startCatalogue(sources, { assets: await loadAssets() });
    return async () => {
      await browser.close();
      await catalogue.stop({ deadlineMs: 0 });
    };
  });

  beforeEach(async () => {
    dpkg.broken = false;
    complaints = [];
    page = await browser.newPage({ viewport: { width: 1_000, height: 700 } });
    page.setDefaultTimeout(10_000);
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(String(error)));
  });
  afterEach(() => page.close());

  const row = (name: string) => page.getByRole('listitem').filter({ has: page.getByText(name, { exact: true }) });
  const count = () => page.locator('.count').textContent();
  const open = async (path = '') => {
    await page.goto(catalogue.url + path);
    await row('debian-000000').waitFor();
  };

  async function scrollToEnd(): Promise<void> {
    const end = page.getByText('End of the list');
    const down = async () => {
      await page.evaluate(() => window.scrollTo(0, document.documentElement.scrollHeight));
      await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
    };
    while ((await end.count()) === 0) await down();
    await down(); // below the page that came last
  }

  it('scrolls to the end of the catalogue, page after page, and keeps only the rows on screen', async () => {
    await open();
    const requests: string[] = [];
    page.on('request', (request) => {
      if (request.url().includes('/v1/packages')) requests.push(request.url());
    });
    expect(await count()).toBe('200 packages so far');

    await scrollToEnd();

    expect(await count()).toBe('2,250 packages');
    await row('wheel-000699').waitFor();
    expect(await page.getByRole('listitem').count()).toBeLessThan(60);
    expect(requests).toHaveLength(11);
    expect(complaints).toEqual([]);
  });

  it('fetches nothing that the reader has not come near', async () => {
    const before = catalogue.calls();
    await open();
    await page.evaluate(() => new Promise((resolve) => requestIdleCallback(resolve)));

    expect(await count()).toBe('200 packages so far');
    expect(catalogue.calls() - before).toBeLessThanOrEqual(6);
  });

  it('searches while one types, and keeps the search in the address', async () => {
    await open();
    await page.getByRole('searchbox', { name: 'Search packages' }).pressSequentially('number ', { delay: 5 });
    await page.waitForURL('**/?query=number+'); // a blank at the end does not get lost on the way
    await page.keyboard.type('69 of python', { delay: 5 });
    await row('wheel-000069').waitFor();

    await expect.poll(count).toBe('1 package');
    expect(await page.getByRole('listitem').count()).toBe(1);
    await page.waitForURL('**/?query=number+69+of+python'); // less would find it too

    await page.reload();
    await row('wheel-000069').waitFor();
    expect(await page.getByRole('searchbox').inputValue()).toBe('number 69 of python');
    expect(complaints).toEqual([]);
  });

  it('cancels a search that has been overtaken by the next', async () => {
    await open();
    const cancelled = page.waitForEvent('requestfailed', (request) => request.url().includes('query=module'));
    const held = page.waitForRequest(/query=module/);
    await page.route(/query=module/, () => undefined); // never answered
    const box = page.getByRole('searchbox');

    await box.fill('module');
    await held;
    await box.fill('debian');

    expect((await cancelled).failure()?.errorText).toBe('net::ERR_ABORTED');
    await expect.poll(count).toBe('50 packages');
  });

  it('says so when nothing matches', async () => {
    await open();
    await page.keyboard.press('/');
    await page.keyboard.type('nothing is called that');

    await page.getByText('No package matches.').waitFor();
  });

  it('shows the packages of one source when its badge is pressed', async () => {
    await open();
    const badge = page.getByRole('button', { name: 'python' });
    await badge.click();
    await row('wheel-000000').waitFor();

    expect(await badge.getAttribute('aria-pressed')).toBe('true');
    expect(await page.getByRole('listitem').filter({ hasText: 'module-' }).count()).toBe(0);

    await badge.click();
    await row('debian-000000').waitFor();
  });

  it('shows which source is unreachable and why, and takes it in again on retry', async () => {
    dpkg.broken = true;
    await page.goto(catalogue.url);
    const notice = page.getByRole('region', { name: 'Unreachable sources' });
    await notice.waitFor();

    expect(await notice.textContent()).toMatch(/dpkg\s+\/var\/lib\/dpkg\/status:17: a field without a name/);
    await row('module-000000').waitFor();
    await page.getByRole('button', { name: 'dpkg (unreachable)' }).waitFor();

    dpkg.broken = false;
    await notice.getByRole('button', { name: 'Retry' }).click();
    await row('debian-000000').waitFor();
    await expect.poll(() => notice.count()).toBe(0);
  });

  it('marks a source that is unreachable also when the sources were asked about before the page had come', async () => {
    await open(); // the sources are known to be well
    dpkg.broken = true;
    const reported = page.waitForResponse(/\/v1\/sources/);
    await page.route(/\/v1\/packages/, async (route) => {
      await reported;
      await route.continue();
    });
    await page.reload();

    await page.getByRole('button', { name: 'dpkg (unreachable)' }).waitFor();
  });

  it('starts again, and says so, when the server does not know its place any more', async () => {
    await open();
    let gone = 0;
    await page.route(/pageToken=[^&]/, (route) =>
      gone++ === 0
        ? route.fulfill({
            status: 410,
            json: { code: 'page_token_stale', detail: 'start again' },
            contentType: 'application/problem+json',
          })
        : route.continue(),
    );

    await scrollToEnd();

    expect(gone).toBeGreaterThan(1);
    expect(await count()).toBe('2,250 packages');
    await page.getByText('it was started again').waitFor({ state: 'attached' });
  });

  it('offers another try when the server does not answer, and goes on where it was', async () => {
    await open();
    await page.route(/pageToken=[^&]/, (route) => route.abort());
    await page.evaluate(() => window.scrollTo(0, document.documentElement.scrollHeight));
    await page.getByText('The server does not answer.').waitFor();

    await page.unroute(/pageToken=[^&]/);
    await page.getByRole('button', { name: 'Try again' }).click();
    await expect.poll(count).toBe('400 packages so far');
  });

  it('fits a phone, in the dark', async () => {
    await page.setViewportSize({ width: 360, height: 640 });
    await page.emulateMedia({ colorScheme: 'dark' });
    await open();

    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
    const background = await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    expect(
      background
        .match(/\d+/g)!
        .map(Number)
        .every((part) => part < 40),
    ).toBe(true);
  });

  it('tells a screen reader how long the list is and where each row stands', async () => {
    await open('?source=dpkg');
    await page.getByText('End of the list').waitFor();

    const first = page.getByRole('listitem').first();
    expect(await first.getAttribute('aria-posinset')).toBe('1');
    expect(await first.getAttribute('aria-setsize')).toBe('50');
  });
});
