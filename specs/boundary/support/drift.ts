import fc from 'fast-check';

/** A list of distinct keys in order, and what happens to it between one page and the next. */
export interface Drift {
  readonly list: readonly number[];
  readonly pageSize: number;
  /** Per gap between two pages: keys that come if absent, and go if present. */
  readonly changes: readonly (readonly number[])[];
}

const someNumber = fc.integer({ min: 0, max: 60 });

export const someDrift = (maxChangesPerGap: number): fc.Arbitrary<Drift> =>
  fc.record({
    list: fc.uniqueArray(someNumber, { maxLength: 30 }).map((list) => list.sort((a, b) => a - b)),
    pageSize: fc.integer({ min: 1, max: 6 }),
    changes: fc.array(fc.array(someNumber, { maxLength: maxChangesPerGap }), { maxLength: 10 }),
  });

/** A list under change, which keeps its order, and remembers which items were there all the time. */
export function createDriftingList({ list, changes }: Drift) {
  const items = [...list];
  const stayed = new Set(list);

  return {
    items,
    stayed,
    /** The changes of the gap after this page, counted from 1. */
    change: (page: number) => {
      for (const key of changes[page - 1] ?? []) {
        const at = items.findIndex((item) => item >= key);
        if (items[at] === key) {
          items.splice(at, 1);
          stayed.delete(key);
        } else items.splice(at < 0 ? items.length : at, 0, key);
      }
    },
  };
}
