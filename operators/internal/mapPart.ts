import { theirs } from './figureText.ts';
import { enroll } from './inspector.ts';
import type { Part } from './part.ts';

/** What there is to be seen of a bounded map while it is subscribed to. */
export interface InspectedMap {
  readonly name: string;
  readonly waiting: { readonly size: number };
  readonly bufferSize: number;
  readonly concurrency: number;
  readonly running: () => number;
}

/** Shows a bounded map to the inspection that runs: values wait for the inner sources that run. */
export function enrollMap(map: InspectedMap): (() => void) | undefined {
  return enroll(map, mapPart);
}

function mapPart(map: InspectedMap): Part {
  const { name, waiting, bufferSize: capacity, concurrency } = map;
  return {
    kind: 'map',
    name,
    of: map,
    look() {
      const running = map.running();
      const how = running === 1 ? 'is not over' : 'are not over';
      return {
        figures: { waiting: waiting.size, capacity, running, concurrency },
        waits: running === 0 ? [] : [{ subject: theirs(running, 'inner source'), how }],
      };
    },
  };
}
