// From mergeMap to mergeMapBounded, and to a topic: the same results as long as there is room, and what happens when there
// is none, for each answer to it.
import {
  catchError,
  concat,
  from,
  last,
  lastValueFrom,
  map,
  mergeMap,
  of,
  timer,
  toArray,
  type Observable,
} from 'rxjs';
import { Topic } from 'rxfan';
import { mergeMapBounded, OverflowError, type MergeMapBoundedOptions } from 'rxfan/operators';

const orders = [1, 2, 3, 4, 5, 6];
const write$ = timer(2);
const save = (order: number) =>
  (order === 1 ? concat(write$, write$) : write$).pipe(
    last(),
    map(() => `saved ${order}`),
  );
const collected = <T>(result$: Observable<T>) => lastValueFrom(result$.pipe(toArray()));

// 1. Below the bound: the same results, in the same order, that which takes longest later.
export const plain = await collected(from(orders).pipe(mergeMap(save, 2)));
export const bounded = await collected(from(orders).pipe(mergeMapBounded(save, { concurrency: 2 })));
console.log(plain, bounded);

// 2. At the bound: two run and two wait, and four more come at once.
const atBound = (options: Pick<MergeMapBoundedOptions<number>, 'overflow' | 'onDrop'>) =>
  collected(
    from([...orders, 7, 8]).pipe(
      mergeMapBounded(save, { concurrency: 2, bufferSize: 2, ...options }),
      catchError((error: unknown) => of(error instanceof OverflowError ? error.code : 'another error')),
    ),
  );
export const dropped: number[] = [];
export const refused = await atBound({}); // `error`, the default
export const newest = await atBound({ overflow: 'dropOldest', onDrop: (order) => dropped.push(order) });
export const oldest = await atBound({ overflow: 'dropNewest' });
console.log({ refused, newest, oldest, dropped });

// 3. A topic: an order that fails takes no other with it, and the source can wait for room.
const incoming = new Topic<number>({ name: 'orders' });
export const saved: string[] = [];
export const failures: string[] = [];
incoming.errors$.subscribe(({ message }) => failures.push(message));
incoming.deliver({
  id: 'save',
  concurrency: 2,
  bufferSize: 2,
  overflow: 'block',
  async handle(order) {
    if (order === 3) throw new Error('no such customer');
    saved.push(await lastValueFrom(save(order)));
  },
});
for (const order of orders) await lastValueFrom(incoming.publish(order).taken$, { defaultValue: undefined });
export const { subscribers } = await lastValueFrom(incoming.close());
console.log(saved, failures);
