import fc from 'fast-check';
import * as S from 'fp-ts/lib/string.js';
import { from, Subject, type ObservableInput } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { ComparatorError, mergeSorted, OverflowError, SourceOrderError } from '../../operators/index.ts';
import { record } from '../support/record.ts';
import { runs } from '../support/seed.ts';

interface Item {
  readonly key: number;
  readonly source: number;
  readonly position: number;
}

const byKey = { compare: (a: Item, b: Item) => a.key - b.key };

/** Few keys, so that many are equal. */
const keys = fc.array(fc.nat({ max: 6 }), { maxLength: 12 });
const unsorted = fc
  .array(keys, { maxLength: 6 })
  .map((lists) => lists.map((list, source) => list.map((key, position): Item => ({ key, source, position }))));
const sorted = fc
  .array(keys, { maxLength: 6 })
  .map((lists) =>
    lists.map((list, source) => list.sort((a, b) => a - b).map((key, position): Item => ({ key, source, position }))),
  );

/** Array.sort is stable: equal keys stay in the order of the concatenation, by source, then by position. */
const reference = (lists: readonly (readonly Item[])[]) => lists.flat().sort(byKey.compare);

async function* later<T>(values: readonly T[]) {
  for (const value of values) {
    await Promise.resolve();
    yield value;
  }
}

type Kinds = Record<string, (list: readonly Item[]) => ObservableInput<Item>>;

const kindsAtOnce: Kinds = {
  array: (list) => list,
  iterable: (list) => new Set(list),
  Observable: (list) => from(list),
};
const kindsLater: Kinds = {
  'async iterable': later,
  'asynchronous Observable': (list) => from(later(list)),
  'promise, where there is one value': (list) => (list.length === 1 ? Promise.resolve(list[0]!) : later(list)),
};
/** Which kind of source each list is made. */
const namesOf = (kinds: Kinds) =>
  fc.array(fc.constantFrom(...Object.keys(kinds)), { minLength: 6, maxLength: 6 }).map((names) => ({
    names,
    toSources: (lists: readonly (readonly Item[])[]) => lists.map((list, i) => kinds[names[i]!]!(list)),
  }));

/** Pushes each list through a subject of its own, taking turns as `turns` says; a subject completes after its last. */
function interleave(
  lists: readonly (readonly Item[])[],
  turns: readonly number[],
  at: (lane: number) => void = () => {},
) {
  const subjects = lists.map(() => new Subject<Item>());
  const left = lists.map((list) => [...list]);
  const open = new Set(lists.keys());
  const play = (): void => {
    for (let turn = 0; open.size > 0; turn++) {
      const lane = [...open][(turns[turn % turns.length] ?? 0) % open.size]!;
      const value = left[lane]!.shift();
      if (value === undefined) open.delete(lane);
      at(lane);
      if (value === undefined) subjects[lane]!.complete();
      else subjects[lane]!.next(value);
    }
  };
  return { subjects, play };
}
const turns = fc.array(fc.nat({ max: 5 }), { minLength: 1, maxLength: 40 });

describe('mergeSorted', () => {
  it('M4 M17 is the stable sort of all values, whatever kinds the sources are of', async () => {
    await fc.assert(
      fc.asyncProperty(sorted, namesOf({ ...kindsAtOnce, ...kindsLater }), async (lists, { toSources }) => {
        const sources = toSources(lists);

        const merged = await new Promise((resolve, reject) => {
          const values: Item[] = [];
          mergeSorted(sources, byKey).subscribe({
            next: (value) => values.push(value),
            error: reject,
            complete: () => resolve(values),
          });
        });

        expect(merged).toEqual(reference(lists));
      }),
      runs(),
    );
  });

  it('M4 M7 is the stable sort, in whatever turns sources push, and emits once every live source has shown a head', () => {
    fc.assert(
      fc.property(sorted, turns, (lists, turns) => {
        const shown = lists.map(() => 0);
        const emitted = lists.map(() => 0);
        const over = lists.map(() => false);
        const { subjects, play } = interleave(lists, turns, (lane) => {
          if (shown[lane] === lists[lane]!.length) over[lane] = true;
          else shown[lane]!++;
        });
        const values: Item[] = [];
        let completed = false;
        mergeSorted(subjects, byKey).subscribe({
          next: (value) => {
            for (const lane of lists.keys()) expect(over[lane]! || shown[lane]! > emitted[lane]!).toBe(true);
            emitted[value.source]!++;
            values.push(value);
          },
          complete: () => (completed = true),
        });

        play();

        expect(values).toEqual(reference(lists));
        expect(completed).toBe(true);
      }),
      runs(),
    );
  });

  it('holds at most bufferSize values per source that pushes, and errors with the first one more', () => {
    let overflows = 0;
    fc.assert(
      fc.property(sorted, turns, fc.integer({ min: 1, max: 5 }), (lists, turns, bufferSize) => {
        const emitted = lists.map(() => 0);
        const shown = lists.map(() => 0);
        let most = 0;
        const { subjects, play } = interleave(lists, turns, (lane) => {
          if (failure === undefined && shown[lane]! < lists[lane]!.length)
            most = Math.max(most, ++shown[lane]! - emitted[lane]!);
        });
        let failure: unknown;
        mergeSorted(subjects, { ...byKey, bufferSize }).subscribe({
          next: ({ source }) => emitted[source]!++,
          error: (error: unknown) => (failure = error),
        });

        play();

        expect(most).toBeLessThanOrEqual(failure === undefined ? bufferSize : bufferSize + 1);
        if (failure !== undefined) {
          overflows++;
          expect(failure).toEqual(new OverflowError('mergeSorted', bufferSize));
          expect(most).toBe(bufferSize + 1);
          expect(subjects.some((subject$) => subject$.observed)).toBe(false);
        }
      }),
      runs(),
    );
    expect(overflows).toBeGreaterThan(100); // or the scenarios say little
  });

  it('M9 errors with the first value that is out of order, or passes it, exactly as a plain merge would', () => {
    fc.assert(
      fc.property(unsorted, namesOf(kindsAtOnce), (lists, { toSources }) => {
        const sources = toSources(lists);
        const expected = plainMerge(lists);

        const events = record(mergeSorted(sources, byKey));
        const passed = record(mergeSorted(sources, { ...byKey, onUnsorted: 'pass' }));

        const { broken, values } = expected;
        expect(events).toEqual(
          broken
            ? [...values.slice(0, broken.after), new SourceOrderError(broken.source, broken.position)]
            : [...values, 'complete'],
        );
        expect(passed).toEqual([...values, 'complete']);
      }),
      runs(),
    );
  });

  it('M15 ends with ComparatorError, or gives every value once, however compare answers', () => {
    const answers = fc.array(fc.constantFrom(-1, 0, 1, -1, 0, 1, -1, 0, 1, NaN, 'throw'), { minLength: 1 });
    const seen = { completed: 0, failed: 0 };

    fc.assert(
      fc.property(sorted, namesOf(kindsAtOnce), answers, fc.boolean(), (lists, { toSources }, answers, checked) => {
        const sources = toSources(lists);
        let asked = 0;
        const compare = (): number => {
          const answer = answers[asked++ % answers.length]!;
          if (typeof answer === 'string') throw new Error(answer);
          return answer;
        };

        const events = record(mergeSorted(sources, { compare, onUnsorted: checked ? 'error' : 'pass' }));

        const end = events.pop();
        const all = lists.flat();
        expect(new Set(events).size).toBe(events.length);
        expect(events.every((value) => all.includes(value as Item))).toBe(true);
        if (end === 'complete') {
          seen.completed++;
          expect(events).toHaveLength(all.length);
        } else {
          seen.failed++;
          expect(end instanceof ComparatorError || (checked && end instanceof SourceOrderError)).toBe(true);
        }
      }),
      runs(),
    );
    expect(Math.min(seen.completed, seen.failed)).toBeGreaterThan(100);
  });

  it('M18 keeps any texts in the order of the Ord it is given, lone surrogates too', () => {
    const text = fc
      .array(fc.constantFrom('a', 'B', 'ä', '\ud800', '\udc00', '\ue000', '\uffff', '😀', ''))
      .map((parts) => parts.join(''));

    fc.assert(
      fc.property(fc.array(fc.array(text), { maxLength: 5 }), (lists) => {
        const sources = lists.map((list) => [...list].sort(S.Ord.compare));

        expect(record(mergeSorted(sources, S.Ord))).toEqual([...lists.flat().sort(S.Ord.compare), 'complete']);
      }),
      runs(),
    );
  });
});

/** The merge everybody can check by reading: the smallest head, of equal ones the first. */
function plainMerge(lists: readonly (readonly Item[])[]) {
  const left = lists.map((list) => [...list]);
  const values: Item[] = [];
  let broken: { readonly source: number; readonly position: number; readonly after: number } | undefined;
  for (;;) {
    const heads = left.flatMap((list) => list.slice(0, 1));
    if (heads.length === 0) return { values, broken };
    const smallest = heads.reduce((a, b) => (b.key < a.key ? b : a));
    values.push(smallest);
    const { source } = left[smallest.source]!.shift()!;
    const next = left[source]![0];
    if (next && next.key < smallest.key) broken ??= { source, position: next.position, after: values.length };
  }
}
