// Orders come faster than they can be saved: two are saved at a time, three wait, and the oldest of those give way.
import { from, lastValueFrom, map, timer, toArray } from 'rxjs';
import { mergeMapBounded } from 'rxfan/operators';

const save = (order: number) => timer(5).pipe(map(() => order));
export const dropped: number[] = [];

export const saved = await lastValueFrom(
  from([1, 2, 3, 4, 5, 6, 7, 8]).pipe(
    mergeMapBounded(save, {
      concurrency: 2,
      bufferSize: 3,
      overflow: 'dropOldest',
      onDrop: (order) => dropped.push(order),
    }),
    toArray(),
  ),
);
console.log({ saved, dropped }); // saved: 1 2 6 7 8, dropped: 3 4 5
