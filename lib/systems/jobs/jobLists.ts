import { map, type Observable } from 'rxjs';
import { fromSnapshot } from '../../boundary/fromSnapshot.ts';
import type { JobOperation, JobOperationState } from '../../contracts/job.ts';
import type { PageKey } from '../../contracts/pageKey.ts';
import type { TokenSealer } from '../../contracts/tokenSealer.ts';
import type { Aggregate, AggregatePage, WalkQuery } from '../../core/paging/aggregate.ts';
import { aggregatePages } from '../../core/paging/aggregatePages.ts';
import { pageTokens } from '../../core/paging/pageTokens.ts';
import type { JobKinds } from './jobKind.ts';

/** Which jobs, for whom, and from where on. */
export interface JobQuery extends Omit<WalkQuery<never>, 'query'> {
  /** Only jobs of this kind. */
  readonly kind?: string | undefined;
  /** Only jobs in this state. */
  readonly state?: JobOperationState | undefined;
}

/** A kind of job as clients see it. */
export interface KindView {
  readonly name: string;
  readonly description?: string;
  /** The name of the codec of its input. */
  readonly input: string;
}

/** A job, and whose it is. */
export interface OwnedJob {
  readonly operation: JobOperation;
  readonly tenant: string;
}

export interface JobListsOptions {
  readonly kinds: JobKinds;
  readonly all: () => readonly OwnedJob[];
  readonly sealer: TokenSealer;
  readonly ttlMs: number | undefined;
  readonly pageSize: { readonly default?: number | undefined; readonly max?: number | undefined } | undefined;
}

/** The jobs and their kinds, page by page. */
export interface JobLists {
  /** The newest first; of those of the same millisecond by token. */
  jobs(query?: JobQuery): Observable<AggregatePage<JobOperation>>;
  /** By name. */
  kinds(query?: Omit<WalkQuery<never>, 'query'>): Observable<AggregatePage<KindView>>;
}

interface Wanted {
  readonly tenant: string;
  readonly kind?: string;
  readonly state?: JobOperationState;
}

export function jobLists({ kinds, all, sealer, ttlMs, pageSize }: JobListsOptions): JobLists {
  const tokens = pageTokens(sealer, { ttlMs });
  const listOf = <T, Q>(
    name: string,
    load: () => readonly T[],
    key: (item: T) => PageKey,
    matches: (item: T, query: Q) => boolean,
  ): Aggregate<T, Q> =>
    aggregatePages({
      sources: [fromSnapshot<T, Q>({ name, load: () => [load()], key, matches, maxAgeMs: 0 })],
      key,
      order: name,
      tokens,
      pageSize,
      cache: { maxItems: 0 }, // it is here already, and changes
    });

  const jobs = listOf<OwnedJob, Wanted>(
    'jobs, newest first',
    all,
    ({ operation: { createTime, id } }) => [-createTime, id],
    ({ operation, tenant }, wanted) =>
      tenant === wanted.tenant &&
      (wanted.kind === undefined || operation.kind === wanted.kind) &&
      (wanted.state === undefined || operation.state === wanted.state),
  );
  const kindList = listOf<KindView, object>(
    'kinds by name',
    () => Object.entries(kinds).map(([name, kind]) => viewOf(name, kind)),
    ({ name }) => name,
    () => true,
  );

  return {
    jobs: ({ kind, state, ...walk } = {}) => {
      const { tenant = '' } = walk;
      const query = { tenant, ...(kind !== undefined && { kind }), ...(state !== undefined && { state }) };
      return jobs.page({ ...walk, query }).pipe(map((page) => ({ ...page, items: page.items.map(operationOf) })));
    },
    kinds: (walk) => kindList.page({ ...walk, query: {} }),
  };
}

function operationOf({ operation }: OwnedJob): JobOperation {
  return operation;
}

function viewOf(name: string, { description, input }: JobKinds[string]): KindView {
  return { name, ...(description !== undefined && { description }), input: input.name };
}
