import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

/** A page that keeps account of what should not be. */
export interface WatchedPage {
  readonly page: Page;
  /** Errors of the console and of scripts. */
  readonly complaints: readonly string[];
  /** Requests to anywhere but the server. */
  readonly foreign: readonly string[];
  /** Opens a view, and waits for its heading. */
  view(hash: string, heading: string): Promise<void>;
}

export async function watchedPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = { viewport: { width: 1_280, height: 800 } },
): Promise<WatchedPage> {
  const page = await browser.newPage(options);
  page.setDefaultTimeout(20_000);
  const complaints: string[] = [];
  const foreign: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => {
    const { origin, protocol } = new URL(request.url());
    if (origin !== new URL(url).origin && !/^(data|blob):$/.test(protocol)) foreign.push(request.url());
  });
  return {
    page,
    complaints,
    foreign,
    view: async (hash, heading) => {
      await page.goto(`${url}#${hash}`);
      await page.getByRole('heading', { level: 1, name: heading }).waitFor();
    },
  };
}
