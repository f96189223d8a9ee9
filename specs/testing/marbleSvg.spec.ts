import { delay, map, of } from 'rxjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser } from 'playwright-core';
import type { MarbleRun } from '../../lib/testing/marbleRun.ts';
import { marbleSvg } from '../../lib/testing/marbleSvg.ts';
import { recordMarbles } from '../../lib/testing/recordMarbles.ts';
import { launch, withoutBrowser } from '../support/browser.ts';
import { marbles } from '../support/marbles.ts';

const merged = marbleSvg({
  title: 'an ordered merge <k = 2>',
  lanes: [
    { name: 'a$', run: { rows: ['--a---d---| '], values: { a: 1, d: 4 } } },
    { name: 'b$', run: { rows: ['----b 100ms (ce)|'], values: { b: 2, c: '"3"', e: 5 } } },
    {
      name: 'out',
      run: { rows: ['----a-b 98ms (cde)#'], values: { a: 1, b: 2, c: '"3"', d: 4, e: 5 }, error: new Error('x') },
    },
  ],
});

describe('marbleSvg', () => {
  it('says in words what it shows, and breaks out of nothing', () => {
    expect(merged).toContain('<title>an ordered merge &lt;k = 2&gt;</title>');
    expect(merged).toContain('<desc>a$: 1 at 2 ms, 4 at 6 ms, complete at 10 ms; b$: 2 at 4 ms, ');
    expect(merged).toContain('aria-label="an ordered merge &lt;k = 2&gt;. a$: 1 at 2 ms');
    const hostile = { rows: ['a|'], values: { a: '</svg><script>alert(1)</script>\u0000' } };
    expect(marbleSvg({ title: '"', lanes: [{ name: '<b>', run: hostile }] })).not.toMatch(/<script|<b>/);
  });

  it(
    'changes when what it shows does',
    marbles(({ cold, flush }) => {
      const pictureOf = (ms: number) => {
        const seen: MarbleRun[] = [];
        recordMarbles(cold('-a-b|').pipe(delay(ms))).subscribe((run) => seen.push(run));
        flush();
        return marbleSvg({ title: 'delay', lanes: [{ name: 'out', run: seen[0]! }] });
      };
      const [one, again, later] = [pictureOf(1), pictureOf(1), pictureOf(2)];
      expect(one).toBe(again);
      expect(later).not.toBe(one);
    }),
  );

  it('draws a circle for each value, whatever it is', () => {
    const many = Array.from({ length: 60 }, (_, n) => n);
    recordMarbles(of(...many).pipe(map((n) => ({ n })))).subscribe((run) => {
      expect(marbleSvg({ title: 'many', lanes: [{ name: 'out', run }] }).match(/<circle/g)).toHaveLength(60);
    });
    expect.assertions(1);
  });
});

describe.skipIf(withoutBrowser())('marbleSvg in a browser', () => {
  let browser: Browser;
  beforeAll(async () => void (browser = await launch()));
  afterAll(() => browser.close());

  it.each(['light', 'dark'] as const)('can be read on a %s page, and fits a phone', async (colorScheme) => {
    const page = await browser.newPage({ colorScheme, viewport: { width: 390, height: 260 } });
    const background = colorScheme === 'dark' ? '#0d1117' : '#ffffff';
    await page.setContent(`<!doctype html><body style="margin:0;overflow-x:auto;background:${background}">${merged}`);
    const looks = await page.evaluate(() => {
      const svg = document.querySelector('svg')!;
      const sizes = [...svg.querySelectorAll('text')].map((text) => parseFloat(getComputedStyle(text).fontSize));
      return {
        color: getComputedStyle(svg).color,
        smallest: Math.min(...sizes),
        width: svg.getBoundingClientRect().width,
      };
    });
    if (process.env['SHOTS']) await page.screenshot({ path: `${process.env['SHOTS']}/marbles-${colorScheme}.png` });

    expect(looks.color).toBe(colorScheme === 'dark' ? 'rgb(230, 237, 243)' : 'rgb(27, 31, 36)');
    expect(looks.smallest).toBeGreaterThanOrEqual(10);
    expect(looks.width).toBeLessThanOrEqual(800);
    await page.close();
  });
});
