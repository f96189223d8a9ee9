import { map, type Observable } from 'rxjs';
import { fromSnapshot } from '../../boundary/fromSnapshot.ts';
import type { Operation, OperationState } from '../../contracts/operation.ts';
import type { TokenSealer } from '../../contracts/tokenSealer.ts';
import type { OperationChange, Operations } from '../../core/events/operations.ts';
import type { AggregatePage, WalkQuery } from '../../core/paging/aggregate.ts';
import { aggregatePages } from '../../core/paging/aggregatePages.ts';
import { pageTokens } from '../../core/paging/pageTokens.ts';
import { operationView, type OperationView } from './operationView.ts';

/** Which operations, for whom, and from where on. */
export interface OperationQuery extends Omit<WalkQuery<never>, 'query'> {
  /** Only operations of this command. */
  readonly command?: string | undefined;
  /** Only operations in this state. */
  readonly state?: OperationState | undefined;
}

/** What {@link createOperationList} lists, and how. */
export interface OperationListOptions {
  readonly operations: Pick<Operations, 'get'>;
  readonly sealer: TokenSealer;
  /** How long a page token is accepted, in ms. */
  readonly ttlMs?: number | undefined;
  readonly pageSize?: { readonly default?: number | undefined; readonly max?: number | undefined } | undefined;
}

/** The operations that are known, page by page, the newest first. */
export interface OperationList {
  note(change: OperationChange): void;
  page(query?: OperationQuery): Observable<AggregatePage<OperationView>>;
}

interface Wanted {
  readonly tenant: string;
  readonly command?: string;
  readonly state?: OperationState;
}

/** How many operations come before those that are forgotten are looked for. */
const SWEEP = 1_000;

export function createOperationList({ operations, sealer, ttlMs, pageSize }: OperationListOptions): OperationList {
  const tenants = new Map<string, string>(); // by the id of the operation
  let sinceSweep = 0;

  const known = (): readonly (readonly [Operation, string])[] =>
    [...tenants].flatMap(([id, tenant]) => {
      const operation = operations.get(id, tenant === '' ? undefined : tenant);
      if (operation) return [[operation, tenant] as const];
      tenants.delete(id);
      return [];
    });

  const list = aggregatePages({
    sources: [
      fromSnapshot<readonly [Operation, string], Wanted>({
        name: 'operations, newest first',
        load: () => [known()],
        key: keyOf,
        matches: ([operation, tenant], wanted) =>
          tenant === wanted.tenant &&
          (wanted.command === undefined || operation.command === wanted.command) &&
          (wanted.state === undefined || operation.state === wanted.state),
        maxAgeMs: 0,
      }),
    ],
    key: keyOf,
    order: 'operations, newest first',
    tokens: pageTokens(sealer, { ttlMs }),
    pageSize,
    cache: { maxItems: 0 }, // it is here already, and changes
  });

  return {
    note: ({ operation: { id }, tenant = '' }) => {
      if (tenants.has(id)) return;
      tenants.set(id, tenant);
      if (++sinceSweep < SWEEP) return;
      sinceSweep = 0;
      known();
    },
    page: ({ command, state, ...walk } = {}) => {
      const { tenant = '' } = walk;
      const query = { tenant, ...(command !== undefined && { command }), ...(state !== undefined && { state }) };
      return list
        .page({ ...walk, query })
        .pipe(map((page) => ({ ...page, items: page.items.map(([operation]) => operationView(operation)) })));
    },
  };
}

function keyOf([{ createTime, id }]: readonly [Operation, string]): [number, string] {
  return [-createTime, id];
}
