import { map, of } from 'rxjs';
import type { RunHelpers } from 'rxjs/testing';
import { expectTypeOf, it } from 'vitest';
import type { PageSource } from '../../lib/contracts/pageSource.ts';
import {
  createMarbles,
  fakePageSource,
  operatorLaws,
  pageSourceLaws,
  type FakePageSource,
  type Law,
  type MarbleHelpers,
} from '../../lib/testing/index.ts';

interface Row {
  readonly id: number;
}

it('infers the items of a fake source from its list, and its query from what matches', () => {
  const source = fakePageSource({
    items: [{ id: 1 }],
    key: ({ id }) => id,
    matches: (item, query: { readonly from: number }) => item.id >= query.from,
  });
  expectTypeOf(source).toEqualTypeOf<FakePageSource<{ id: number }, { readonly from: number }>>();
  expectTypeOf(source).toExtend<PageSource<Row, { readonly from: number }>>();
});

it('gives key and query of a law subject the types of its source', () => {
  const source = fakePageSource<Row>({ items: [], key: ({ id }) => id });
  expectTypeOf(pageSourceLaws(() => ({ source, query: {}, key: ({ id }) => id }))).toEqualTypeOf<readonly Law[]>();
  // @ts-expect-error the items have no `name`
  pageSourceLaws(() => ({ source, query: {}, key: ({ name }) => name }));
});

it('takes operators on numbers, whatever they give', () => {
  expectTypeOf(operatorLaws(() => map((n) => `${n}`))).toEqualTypeOf<readonly Law[]>();
  // @ts-expect-error the source gives numbers
  operatorLaws(() => map((text: string) => text));
});

it('makes a test of a body that is not async', () => {
  const marbles = createMarbles(() => {});
  expectTypeOf(marbles).toEqualTypeOf<(body: (helpers: MarbleHelpers) => void) => () => void>();
  expectTypeOf(marbles).toExtend<(body: (helpers: RunHelpers) => void) => () => void>();
  marbles(({ expectObservable }) => {
    expectObservable(of(1)).toBe('(a|)', { a: 1 });
  });
});
