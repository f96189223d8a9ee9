// Eight orders come at once: two are saved at a time, three wait, and the oldest of those give way.
import { lastValueFrom, map, range, timer, toArray } from 'rxjs';
import { mergeMapBounded } from 'rxfan/operators';

export const saved = await lastValueFrom(
  range(1, 8).pipe(
    mergeMapBounded((order) => timer(10).pipe(map(() => order)), {
      concurrency: 2,
      bufferSize: 3,
      overflow: 'dropOldest',
      onDrop: (order) => console.log('dropped', order),
    }),
    toArray(),
  ),
);
console.log('saved', saved);
