import { catchError, defaultIfEmpty, defer, EMPTY, firstValueFrom, isObservable, map, merge, of, timer } from 'rxjs';
import type { PageKey } from '../contracts/pageKey.ts';
import { ensure } from './law.ts';
import {
  answerOf,
  firstPage,
  inTurn,
  nothingLeft,
  pageOf,
  PATIENCE_MS,
  tokensOf,
  walk,
  type Subject,
} from './pageSourceProbes.ts';
import { showValue } from './showValue.ts';
import { watchedSignal } from './watchedSignal.ts';

/** Rejects when the source breaks it. */
export type Rule = (subject: Subject, compare: (a: PageKey, b: PageKey) => number) => Promise<void>;

const SIZES = [1, 2, 7, 1_000, 1_000_000];
const FOREIGN_TOKENS = ['nobody gave this token out', '%', '-1', '{}', 'bnVsbA'];

/** What every page source keeps. */
export const rules: Readonly<Record<string, Rule>> = {
  'gives the same items in pages of every size': async (subject) => {
    const lists = await inTurn(SIZES, (pageSize) => walk(subject, pageSize));
    const expected = subject.items ?? lists[0]!;
    ensure(expected.length >= 3, `the laws need a list of 3 items or more, this one has ${expected.length}`);
    lists.forEach((list, i) => {
      const at = expected.findIndex((item, n) => list[n] === undefined || !same(item, list[n]));
      const first = at < 0 ? expected.length : at;
      ensure(
        at < 0 && list.length === expected.length,
        `in pages of ${SIZES[i]!} item ${first} is ${itemInWords(list, first)}, expected is ${itemInWords(expected, first)}`,
      );
    });
  },

  'gives its items in order': async (subject, compare) => {
    const keys = (await walk(subject, 2)).map((item) => subject.key(item));
    const at = keys.findIndex((key, i) => i > 0 && compare(keys[i - 1]!, key) > 0);
    ensure(at < 0, `item ${at} (${showValue(keys[at])}) belongs before item ${at - 1} (${showValue(keys[at - 1])})`);
  },

  'gives no item twice': async (subject) => {
    const seen = new Map<string, number>();
    for (const [i, item] of (await walk(subject, 2)).entries()) {
      const text = JSON.stringify(item);
      ensure(!seen.has(text), `items ${seen.get(text) ?? 0} and ${i} are the same: ${showValue(item)}`);
      seen.set(text, i);
    }
  },

  'gives the same page for the same token, however often': async (subject) => {
    for (const pageToken of await tokensOf(subject, 2)) {
      const [first, second] = await inTurn([1, 2], () => pageOf(subject, { pageToken, pageSize: 2 }));
      ensure(
        same(first!.items, second!.items),
        `token ${showValue(pageToken)} gave ${showValue(first!.items)}, then ${showValue(second!.items)}`,
      );
    }
  },

  'keeps no place of its own: two walks do not disturb each other': async (subject) => {
    const alone = await walk(subject, 1);
    const between = await tokensOf(subject, 1);
    const together = await walk(subject, 1, (n) =>
      pageOf(subject, { pageToken: between[n % between.length], pageSize: 3 }),
    );
    ensure(
      together.length === alone.length && together.every((item, i) => same(item, alone[i])),
      `alone a walk gives ${alone.length} items, next to another one ${together.length}, or others`,
    );
  },

  'does nothing before its answer is asked for': async (subject) => {
    const { signal, listeners } = watchedSignal();
    const before = subject.calls?.() ?? 0;
    const answer$ = subject.source.fetch({ query: subject.query, pageSize: 2, signal });
    if (!isObservable(answer$)) return; // a promise: asking is calling
    ensure((subject.calls?.() ?? 0) === before, 'it has called the other side, and nobody has subscribed');
    ensure(listeners() === 0, 'it listens to the signal, and nobody has subscribed');
    const pages = await inTurn([1, 2], () => firstPage(answer$));
    ensure(same(pages[0]!.items, pages[1]!.items), 'subscribed twice, the same answer gave two pages');
  },

  'leaves nothing behind once it has answered': async (subject) => {
    const { signal, listeners } = watchedSignal();
    await firstPage(answerOf(subject, { pageSize: 2, signal }));
    await nothingLeft(subject, listeners, 'it has answered');
  },

  'leaves nothing behind when its answer is unsubscribed': async (subject) => {
    const { signal, listeners } = watchedSignal();
    const answer$ = subject.source.fetch({ query: subject.query, pageSize: 2, signal });
    if (!isObservable(answer$)) return; // a promise: only its signal can cancel it
    answer$.subscribe({ error: () => undefined }).unsubscribe();
    await nothingLeft(subject, listeners, 'its answer was unsubscribed');
  },

  'stops when its signal is aborted, with an error, and leaves nothing behind': async (subject) => {
    const { signal, listeners, abort } = watchedSignal();
    const answer$ = answerOf(subject, { pageSize: 2, signal }).pipe(
      map(() => (signal.aborted ? 'gave a page all the same' : '')), // '': it was faster
      catchError(() => of('')),
      defaultIfEmpty('completed without a word'),
    );
    const abortion$ = defer(() => {
      abort(new Error('the answer is no longer wanted'));
      return EMPTY;
    });
    const patience$ = timer(PATIENCE_MS).pipe(map(() => `said nothing for ${PATIENCE_MS} ms`));
    const broken = await firstValueFrom(merge(answer$, abortion$, patience$), { defaultValue: '' });
    ensure(broken === '', `its signal was aborted, and it ${broken}`);
    await nothingLeft(subject, listeners, 'its signal was aborted');
  },

  'starts nothing when its signal is aborted already': async (subject) => {
    const { signal, listeners, abort } = watchedSignal();
    abort(new Error('not wanted'));
    const before = subject.calls?.() ?? 0;
    const page = await firstPage(answerOf(subject, { pageSize: 2, signal })).catch(() => undefined);
    ensure(page === undefined, 'its signal was aborted before, and it gave a page all the same');
    ensure((subject.calls?.() ?? 0) === before, 'its signal was aborted before, and it called the other side');
    await nothingLeft(subject, listeners, 'its signal was aborted before');
  },
};

/** What a page source keeps that knows its own tokens. */
export const foreignTokenRules: Readonly<Record<string, Rule>> = {
  'refuses a page token it has not given out': async (subject) => {
    for (const pageToken of FOREIGN_TOKENS) {
      const page = await pageOf(subject, { pageToken, pageSize: 2 }).catch(() => undefined);
      ensure(
        page === undefined,
        `token ${showValue(pageToken)} is nobody's, and gave ${page?.items.length ?? 0} items`,
      );
    }
  },
};

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function itemInWords(list: readonly unknown[], at: number): string {
  return at < list.length ? showValue(list[at]) : 'missing';
}
