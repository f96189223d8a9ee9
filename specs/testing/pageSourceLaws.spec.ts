import { lastValueFrom } from 'rxjs';
import { describe, it } from 'vitest';
import type { PageRequest } from '../../lib/contracts/pageSource.ts';
import { fakePageSource } from '../../lib/testing/fakePageSource.ts';
import { pageSourceLaws } from '../../lib/testing/pageSourceLaws.ts';

const items = [...Array(20).keys()].map((n) => ({ id: n * 3 }));
const key = ({ id }: { id: number }) => id;

describe.each(['keyset', 'offset'] as const)('pageSourceLaws of a fake, paging by %s', (paging) => {
  let reached = 0;
  const create = () => {
    const source = fakePageSource({ items, key, paging, beforeCall: () => reached++ });
    return { source, query: {}, key, items, calls: () => reached, liveCalls: () => source.liveCalls };
  };
  for (const law of pageSourceLaws(create)) it(law.name, law.check);
});

describe('pageSourceLaws of a source that answers with promises', () => {
  const create = () => {
    const fake = fakePageSource({ items, key });
    const fetch = (request: PageRequest) =>
      Promise.resolve().then(() => lastValueFrom(fake.fetch(request), { defaultValue: { items: [] } }));
    return { source: { name: 'promising', fetch }, query: {}, key, liveCalls: () => fake.liveCalls };
  };
  for (const law of pageSourceLaws(create)) it(law.name, law.check);
});
