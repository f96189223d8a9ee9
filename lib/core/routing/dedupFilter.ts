import { asyncScheduler, defer, EMPTY, finalize, share, tap, type Observable } from 'rxjs';
import { OptionError } from '../../../operators/errors.ts';
import { checkInteger } from '../../../operators/internal/checkOption.ts';
import { canonicalJson } from '../../boundary/canonicalJson.ts';
import { stepsOf, valueAt } from '../../boundary/valueAt.ts';
import type { RoutedEvent } from '../../contracts/routedEvent.ts';
import type { Filter, Next } from './filter.ts';

/** What {@link dedupFilter} takes for the same event, and how long it remembers. */
export interface DedupOptions {
  /** Leads to a key in the payload; an event without one is never taken for another. Default: the id of the event. */
  readonly path?: string | undefined;
  /** Most keys to remember; the one delivered longest ago goes first. Default: 10 000. */
  readonly maxKeys?: number | undefined;
  /** How long a key is remembered, in ms from when its event was delivered. Default: 10 minutes. */
  readonly maxAgeMs?: number | undefined;
  /** Longest key, in characters of its JSON text; an event with a longer one is never taken for another. Default: 1 024. */
  readonly maxKeyLength?: number | undefined;
  /** Takes every event that need not be delivered, since another one with its key was. */
  readonly onDrop?: ((event: RoutedEvent) => void) | undefined;
}

/**
 * Hands on each event once. An event counts as seen only when it has been delivered, so that one which failed can be
 * tried again; while it is on its way, another with the same key waits for it and shares its end. It is given up once
 * nobody waits for it any more. Keys of one tenant mean nothing to another.
 */
export function dedupFilter(options: DedupOptions = {}): Filter<RoutedEvent> {
  const { path, maxKeys = 10_000, maxAgeMs = 600_000, maxKeyLength = 1_024, onDrop = () => undefined } = options;
  checkInteger('maxKeys', maxKeys, 1);
  checkInteger('maxKeyLength', maxKeyLength, 1);
  if (!(maxAgeMs > 0)) throw new OptionError('maxAgeMs', 'more than 0', maxAgeMs);
  const steps = path === undefined ? undefined : stepsOf(path);
  const delivered = new Map<string, number>(); // when, in the order of it
  const underWay = new Map<string, Observable<never>>();

  const keyOf = ({ id, tenant, payload }: RoutedEvent): string | undefined => {
    const key = steps === undefined ? id : valueAt(steps, payload);
    const text = key === undefined ? undefined : canonicalJson(key);
    return text === undefined || text.length > maxKeyLength ? undefined : canonicalJson([tenant, text]);
  };

  const forgetOld = (now: number): void => {
    for (const [key, at] of delivered) {
      if (delivered.size <= maxKeys && now - at < maxAgeMs) break;
      delivered.delete(key);
    }
  };

  const remember = (key: string): void => {
    const now = asyncScheduler.now();
    underWay.delete(key);
    delivered.set(key, now);
    forgetOld(now);
  };

  function deliver(key: string, event: RoutedEvent, next: Next<RoutedEvent>): Observable<never> {
    const release = (): void => {
      if (underWay.get(key) === delivery$) underWay.delete(key);
    };
    const delivery$ = defer(() => next(event)).pipe(
      // Before its end is told: whoever hears of it may come with the same key at once.
      tap({ error: release, complete: () => remember(key) }),
      finalize(release),
      share(),
    );
    underWay.set(key, delivery$);
    return delivery$;
  }

  return (event, next) =>
    defer(() => {
      const key = keyOf(event);
      if (key === undefined) return next(event);

      forgetOld(asyncScheduler.now());
      const known$ = delivered.has(key) ? EMPTY : underWay.get(key);
      return known$?.pipe(tap({ complete: () => onDrop(event) })) ?? deliver(key, event, next);
    });
}
