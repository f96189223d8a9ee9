import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { firstValueFrom, from } from 'rxjs';
import { defaultSources } from '../../../lib/adapters/packages/defaultSources.ts';
import { packageKey, type Package, type PackageSource } from '../../../lib/adapters/packages/package.ts';
import { startCatalogue, walkPages, type TestCatalogue } from '../../support/catalogue.ts';

/** Everything a source has, in one go. */
async function everything(source: PackageSource): Promise<readonly Package[]> {
  const request = { query: {}, pageSize: 1_000_000, signal: new AbortController().signal };
  return (await firstValueFrom(from(source.fetch(request)))).items;
}

/** By UTF-8 bytes, which is by code point. */
function byBytes(a: Package, b: Package): number {
  const [left, right] = [packageKey(a), packageKey(b)].map((key) => key.map((part) => Buffer.from(part)));
  for (const [i, part] of left!.entries()) {
    const order = Buffer.compare(part, right![i]!);
    if (order !== 0) return order;
  }
  return 0;
}

const { sources } = await firstValueFrom(defaultSources());
const small = sources.filter(({ name }) => name !== 'apt');

describe('the packages of this machine, over HTTP', () => {
  let catalogue: TestCatalogue;
  let union: readonly Package[];

  beforeAll(async () => {
    catalogue = await startCatalogue(small);
    union = (await Promise.all(small.map(everything))).flat().sort(byBytes);
  });
  afterAll(() => catalogue.stop({ deadlineMs: 0 }));

  it('are at least those that this project needs', () => {
    expect(union.filter(({ source }) => source === 'npm').map(({ name }) => name)).toEqual(
      expect.arrayContaining(['rxjs', 'hono', 'typescript']),
    );
  });

  it.each([[[7]], [[50]], [[1_000]], [[3, 100, 1, 20]]])(
    'are exactly the union of all sources, in order, each once, in pages of %j',
    async (sizes) => {
      const pages = await walkPages(catalogue, sizes);

      expect(pages.flat()).toEqual(union);
      pages.slice(0, -1).forEach((page, i) => expect(page).toHaveLength(sizes[i % sizes.length]!));
    },
  );

  it('are exactly those of one source, one by one, when it is asked for alone', async () => {
    const pages = await walkPages(catalogue, [1], { source: 'npm' });

    expect(pages.flat()).toEqual(union.filter(({ source }) => source === 'npm'));
    expect(pages.every((page) => page.length === 1)).toBe(true);
  });

  it('are exactly those that match when something is searched for', async () => {
    const pages = await walkPages(catalogue, [10], { query: 'TypeScript' });

    const matches = union.filter(({ name, description = '' }) => /typescript/i.test(`${name}\n${description}`));
    expect(pages.flat()).toEqual(matches);
    expect(matches.length).toBeGreaterThan(3);
  });
});

describe.runIf(sources.length > small.length)('the packages that could be installed on this machine', () => {
  it('walk to the end with all others', async () => {
    const catalogue = await startCatalogue(sources);
    const union = (await Promise.all(sources.map(everything))).flat().sort(byBytes);

    const items = (await walkPages(catalogue, [1_000])).flat();

    expect(items).toHaveLength(union.length);
    expect(items.findIndex((item, i) => packageKey(item).join() !== packageKey(union[i]!).join())).toBe(-1);
    await catalogue.stop({ deadlineMs: 0 });
  });
});
