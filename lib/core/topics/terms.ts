import { OptionError } from '../../../operators/errors.ts';
import { checkChoice, checkInteger } from '../../../operators/internal/checkOption.ts';
import { SharedBudget } from './budget.ts';
import type {
  AdaptiveConcurrency,
  BudgetShare,
  DeliveryContract,
  Overflow,
  RetryPolicy,
  Watermarks,
} from '../../contracts/delivery.ts';

/** A delivery contract, checked and with its defaults. */
export interface Terms<A> {
  readonly id: string;
  readonly handle: DeliveryContract<A>['handle'];
  readonly concurrency: NonNullable<DeliveryContract<A>['concurrency']>;
  readonly bufferSize: number;
  readonly budget: { readonly shared: SharedBudget; readonly guaranteed: number } | undefined;
  readonly overflow: Overflow;
  readonly coalesce: (waiting: A, incoming: A) => A;
  readonly partitionKey: ((value: A) => string | number) | undefined;
  readonly bufferSizePerKey: number;
  readonly timeoutMs: number;
  readonly retry: Required<{ readonly [K in keyof RetryPolicy]: NonNullable<RetryPolicy[K]> }>;
  readonly onFailure: 'keep' | 'close' | 'park';
  readonly parkSize: number;
  readonly watermarks: { readonly [K in keyof Watermarks]-?: number };
  readonly onDrop: (value: A) => void;
  /** Nothing is to be done around the call of its handler. */
  readonly isSimple: boolean;
}

const OVERFLOWS: readonly Overflow[] = ['error', 'dropOldest', 'dropNewest', 'coalesce', 'block', 'park'];

/** Throws OptionError on a contract that cannot be meant. */
export function termsOf<A>(contract: DeliveryContract<A>): Terms<A> {
  const { id, handle, concurrency = 1, bufferSize = 1_024, overflow = 'error', partitionKey } = contract;
  const { bufferSizePerKey = Infinity, timeoutMs = Infinity, onFailure = 'keep', parkSize = 1_024 } = contract;
  if (typeof id !== 'string' || id === '') throw new OptionError('id', 'a text that is not empty', id);
  if (typeof handle !== 'function') throw new OptionError('handle', 'a function', handle);
  if (typeof concurrency === 'number') checkConcurrency(concurrency);
  checkInteger('bufferSize', bufferSize, 0);
  if (bufferSizePerKey !== Infinity) checkInteger('bufferSizePerKey', bufferSizePerKey, 0);
  checkChoice('overflow', overflow, OVERFLOWS);
  checkChoice('onFailure', onFailure, ['keep', 'close', 'park']);
  checkInteger('parkSize', parkSize, 0);
  checkMs('timeoutMs', timeoutMs);

  return {
    id,
    handle,
    concurrency,
    bufferSize,
    budget: contract.budget && budgetOf(contract.budget),
    overflow,
    coalesce: contract.coalesce ?? ((_, incoming) => incoming),
    partitionKey,
    bufferSizePerKey,
    timeoutMs,
    retry: retryOf(contract.retry),
    onFailure,
    parkSize,
    watermarks: watermarksOf(contract.watermarks, bufferSize),
    onDrop: contract.onDrop ?? (() => undefined),
    isSimple: timeoutMs === Infinity && overflow !== 'block' && !isAdaptive(concurrency),
  };
}

/** Whether a cap follows how long handlers take. */
export function isAdaptive(concurrency: Terms<never>['concurrency']): concurrency is AdaptiveConcurrency {
  return typeof concurrency !== 'number' && 'begin' in concurrency;
}

/** Throws unless it is a cap: a positive integer, or Infinity. */
export function checkConcurrency(concurrency: number): void {
  if (concurrency !== Infinity) checkInteger('concurrency', concurrency, 1);
}

function budgetOf({ shared, guaranteed = 0 }: BudgetShare): Terms<unknown>['budget'] {
  if (!(shared instanceof SharedBudget)) throw new OptionError('budget.shared', 'made by createBudget', shared);
  checkInteger('budget.guaranteed', guaranteed, 0);
  return { shared, guaranteed };
}

function retryOf(policy: RetryPolicy = { retries: 0 }): Terms<unknown>['retry'] {
  const { retries, delayMs = 100, maxDelayMs = 30_000, jitter = () => 1, retryOn = () => true } = policy;
  checkInteger('retry.retries', retries, 0);
  if (!(delayMs >= 0)) throw new OptionError('retry.delayMs', '0 or more', delayMs);
  if (!(maxDelayMs >= 0)) throw new OptionError('retry.maxDelayMs', '0 or more', maxDelayMs);
  return { retries, delayMs, maxDelayMs, jitter, retryOn };
}

function watermarksOf(watermarks: Watermarks = {}, bufferSize: number): Terms<unknown>['watermarks'] {
  const { high = Math.max(1, Math.ceil(bufferSize * 0.8)), highAgeMs = Infinity, holdMs = 1_000 } = watermarks;
  const { low = Math.floor(high / 2) } = watermarks;
  checkInteger('watermarks.high', high, 1);
  checkInteger('watermarks.low', low, 0);
  if (low >= high) throw new OptionError('watermarks.low', `less than watermarks.high (${high})`, low);
  checkMs('watermarks.highAgeMs', highAgeMs);
  if (!(holdMs >= 0)) throw new OptionError('watermarks.holdMs', '0 or more', holdMs);
  return { high, low, highAgeMs, holdMs };
}

function checkMs(option: string, value: number): void {
  if (!(value > 0)) throw new OptionError(option, 'more than 0', value);
}
