import { canonicalJson } from '../../boundary/canonicalJson.ts';
import { SourceError, type SourceFailure } from '../../contracts/sourceFailure.ts';
import type { AggregatePage, Unreachable, WalkQuery } from './aggregate.ts';
import { MergedPage } from './mergedPage.ts';
import { resolvePageSize } from './pageSize.ts';
import type { Settings } from './settings.ts';
import { walkStateOf, type Stretch } from './stretch.ts';
import type { WalkOptions } from './walkOptions.ts';
import type { WalkState } from './walkState.ts';

/** One caller's walk: what was asked, read and checked. */
export interface Session<T, Q> {
  /** Items per page. */
  readonly size: number;
  /** What a walk from here needs; `prefetch` and `kept` depend on how it is read. */
  readonly walk: Omit<WalkOptions<T, Q>, 'prefetch' | 'kept'>;
  /** Tells the pages of this tenant and query from others. */
  readonly address: string;
  /** Where the walk stands after a stretch. */
  readonly stateAfter: (stretch: Stretch<T>) => WalkState;
  /** The page that a stretch makes. Throws when it has nothing because its sources failed. */
  readonly pageOf: (stretch: Stretch<T>) => AggregatePage<T>;
}

/** Reads a query; throws PageSizeError, NotJsonError or a page token failure. */
export function openSession<T, Q>(settings: Settings<T, Q>, asked: WalkQuery<Q>): Session<T, Q> {
  const { sources, names, name, order, tokens, verify, timeoutMs, onSourceFailure, limits } = settings;
  const { tenant = '', pageToken = '' } = asked;
  const query = asked.query as Q; // a query may be left out only where Q allows it
  const size = resolvePageSize(asked.pageSize, settings.pageSize);
  const sourcePageSize = Math.max(size, settings.pageSize.default);
  const binding = { tenant, query, sources: names, order: settings.orderName };
  const from: WalkState =
    pageToken === '' ? { positions: sources.map(() => ({ kind: 'start' })) } : tokens.read(pageToken, binding);

  const stateAfter = (stretch: Stretch<T>) =>
    walkStateOf(stretch, { sources, markOf: order.markOf, size: sourcePageSize, verify });

  return {
    size,
    walk: { sources, query, name, order, from, sourcePageSize, timeoutMs, onSourceFailure, limits },
    address: canonicalJson([tenant, query ?? null]),
    stateAfter,

    pageOf(stretch) {
      const { items, failures, drift } = stretch;
      if (items.length === 0 && failures.size > 0) throw nothingReached(names, failures);
      const tokenOf = () => (stretch.isExhausted ? '' : tokens.write(stateAfter(stretch), binding));
      return new MergedPage(items, tokenOf, unreachable(names, failures), drift);
    },
  };
}

function unreachable(
  names: readonly string[],
  failures: ReadonlyMap<number, SourceFailure>,
): readonly Unreachable[] | undefined {
  if (failures.size === 0) return undefined;
  return [...failures].map(([source, { code, message }]) => ({ source: names[source]!, code, reason: message }));
}

function nothingReached(names: readonly string[], failures: ReadonlyMap<number, SourceFailure>): SourceFailure {
  const [first, ...others] = failures.values();
  if (first && others.length === 0) return first;
  const failed = [...failures.keys()].map((source) => names[source]!);
  return new SourceError(
    failed.join(', '),
    new AggregateError([...failures.values()], 'none of them could be reached'),
  );
}
