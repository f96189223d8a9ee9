import { asyncScheduler, type Subscription } from 'rxjs';

/** An iterator on its way through a list. */
export interface Reading<T> {
  readonly iterator: AsyncIterator<T>;
  /** Items taken so far. */
  at: number;
  /** Gives it up, also while it waits for its next item. */
  readonly stop: () => void;
}

/** Keeps readings between two pages. */
export interface Parking<T> {
  /** The reading of this list that stands at this place, if it is kept. Whoever takes it has it alone. */
  take(list: string, at: number): Reading<T> | undefined;
  /** Keeps one, and stops the one that was kept longest when there are too many. */
  park(list: string, reading: Reading<T>): void;
}

interface Place<T> {
  readonly list: string;
  readonly reading: Reading<T>;
  readonly timer: Subscription;
}

/** The longest time that a timer can wait. */
const MAX_DELAY_MS = 2 ** 31 - 1;

/** A parking for so many readings, each for so long. */
export function createParking<T>(places: number, forMs: number): Parking<T> {
  const taken = new Set<Place<T>>();

  const leave = (place: Place<T>): Reading<T> => {
    taken.delete(place);
    place.timer.unsubscribe();
    return place.reading;
  };

  return {
    take: (list, at) => {
      const found = [...taken].find((place) => place.list === list && place.reading.at === at);
      return found && leave(found);
    },
    park: (list, reading) => {
      const timer = asyncScheduler.schedule(() => leave(place).stop(), Math.min(forMs, MAX_DELAY_MS));
      const place: Place<T> = { list, reading, timer };
      taken.add(place);
      for (const oldest of taken) if (taken.size > places) leave(oldest).stop();
    },
  };
}
