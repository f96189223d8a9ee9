import { OptionError } from '../../../operators/errors.ts';
import { checkInteger } from '../../../operators/internal/checkOption.ts';
import type { AdaptiveConcurrency, ConcurrencyControl } from '../../contracts/delivery.ts';

/** Within which bounds {@link aimd} moves, and what it aims at. */
export interface AimdOptions {
  /** Where it begins, and below what it never goes. Default: 1. */
  readonly min?: number | undefined;
  readonly max: number;
  /** How long a value may take on average, in ms. */
  readonly targetMs: number;
  /** How long is looked before the next step, in ms, from the first value that was handled. Default: 1 000. */
  readonly windowMs?: number | undefined;
}

/** What is kept of a cap when it was too high. */
const KEPT = 0.75;
/** The share of failures from which on a window counts as bad. */
const MOST_FAILED = 0.1;
/** A cap of which less than this share is used has no reason to grow. */
const LEAST_USED = 0.5;

/**
 * A concurrency that finds out how much its handlers can take: it goes up by one while they are quick, and down by a quarter
 * when they are slow or fail. One step per window, on what was begun and handled within it.
 *
 * From anywhere it comes down to a cap of `c` within `log(max / c) / log(4 / 3)` windows, and up to it within as many
 * windows as there are steps. It does not grow beyond what is used of it.
 *
 * @example
 * topic.deliver({ id: 'index', handle: save, concurrency: aimd({ max: 64, targetMs: 200 }) });
 */
export function aimd({ min = 1, max, targetMs, windowMs = 1_000 }: AimdOptions): AdaptiveConcurrency {
  checkInteger('min', min, 1);
  checkInteger('max', max, min);
  if (!(targetMs > 0)) throw new OptionError('targetMs', 'more than 0', targetMs);
  if (!(windowMs > 0)) throw new OptionError('windowMs', 'more than 0', windowMs);

  return { begin: () => beginAimd({ min, max, targetMs, windowMs }) };
}

function beginAimd({
  min,
  max,
  targetMs,
  windowMs,
}: Required<{ [K in keyof AimdOptions]: number }>): ConcurrencyControl {
  let cap = min;
  let beganAt: number | undefined;
  let handled = 0;
  let failures = 0;
  let busyMs = 0;

  return {
    initial: min,
    observe({ tookMs, failed, now }) {
      beganAt ??= now - tookMs;
      if (now - tookMs < beganAt) return cap; // begun under the cap before
      handled++;
      busyMs += tookMs;
      if (failed) failures++;
      const elapsedMs = now - beganAt;
      if (elapsedMs < windowMs) return cap;

      const isBad = busyMs / handled > targetMs || failures / handled > MOST_FAILED;
      const isUsed = busyMs / elapsedMs >= cap * LEAST_USED;
      if (isBad) cap = Math.max(Math.floor(cap * KEPT), min);
      else if (isUsed) cap = Math.min(cap + 1, max);
      beganAt = now;
      handled = failures = busyMs = 0;
      return cap;
    },
  };
}
