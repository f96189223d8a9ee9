import { OptionError } from '../../../operators/errors.ts';
import type { PageKey } from '../../contracts/pageKey.ts';
import type { PageSource } from '../../contracts/pageSource.ts';
import type { AggregateOptions } from './aggregate.ts';
import { createOrder, type Order } from './order.ts';
import type { PageTokens } from './pageTokens.ts';

/** The options of an aggregate, checked and with their defaults. */
export interface Settings<T, Q> {
  readonly sources: readonly PageSource<T, Q>[];
  readonly names: readonly string[];
  /** What an inspection calls its walks. */
  readonly name: string;
  readonly order: Order<T>;
  readonly orderName: string;
  readonly tokens: PageTokens;
  readonly pageSize: { readonly default: number; readonly max: number };
  readonly timeoutMs: number;
  readonly onSourceFailure: 'fail' | 'omit';
  readonly prefetch: number;
  readonly verify: 'edge' | 'off';
  readonly cache: { readonly maxItems: number; readonly maxAgeMs: number };
  readonly limits: { readonly emptyPages: number; readonly pageItems: number };
}

/** Throws OptionError on an option that cannot be meant. */
export function settingsOf<T, Q, K extends PageKey>(options: AggregateOptions<T, Q, K>): Settings<T, Q> {
  const { sources, key, compare, order = '', tokens, timeoutMs = 10_000 } = options;
  const { onSourceFailure = 'fail', prefetch = 8, verify = 'edge', name = 'pages' } = options;
  const max = count('pageSize.max', options.pageSize?.max ?? 1_000, 1);

  if (!(timeoutMs > 0)) throw new OptionError('timeoutMs', 'more than 0', timeoutMs);
  const distinct = named(sources);
  return {
    sources: distinct,
    names: distinct.map((source) => source.name),
    name,
    order: createOrder(key, compare),
    orderName: order,
    tokens,
    pageSize: { default: Math.min(count('pageSize.default', options.pageSize?.default ?? 20, 1), max), max },
    timeoutMs,
    onSourceFailure,
    prefetch: count('prefetch', prefetch, 0),
    verify,
    cache: {
      maxItems: count('cache.maxItems', options.cache?.maxItems ?? 10_000, 0),
      maxAgeMs: options.cache?.maxAgeMs ?? 60_000,
    },
    limits: {
      emptyPages: count('limits.emptyPages', options.limits?.emptyPages ?? 100, 0),
      pageItems: count('limits.pageItems', options.limits?.pageItems ?? 100_000, 1),
    },
  };
}

function count(option: string, value: number, least: number): number {
  if (!Number.isSafeInteger(value) || value < least) {
    throw new OptionError(option, `a whole number from ${least} up`, value);
  }
  return value;
}

/** A source that is given twice is two sources, told apart by their names. */
function named<T, Q>(sources: readonly PageSource<T, Q>[]): readonly PageSource<T, Q>[] {
  const distinct = sources.map((source, i) => {
    const nth = sources.slice(0, i).filter((other) => other === source).length + 1;
    const { name, paging } = source;
    return nth === 1 ? source : { name: `${name} (${nth})`, paging, fetch: source.fetch.bind(source) };
  });
  const names = new Set<string>();
  for (const { name } of distinct) {
    if (names.has(name)) throw new OptionError('sources', 'named differently from each other', name);
    names.add(name);
  }
  return distinct;
}
