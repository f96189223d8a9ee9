import type { Overflow, RetryPolicy, Watermarks } from '../../contracts/delivery.ts';
import type { BatchOptions } from '../../core/routing/batchFilter.ts';
import type { Condition } from '../../core/routing/condition.ts';
import type { DedupOptions } from '../../core/routing/dedupFilter.ts';
import type { SplitOptions } from '../../core/routing/splitFilter.ts';
import type { TransformStep } from '../../core/routing/transformStep.ts';
import type { RateLimit } from '../../core/receivers/createRateLimits.ts';

/** One step of a route, as data. */
export type FilterSpec =
  | { readonly match: Condition }
  | { readonly transform: readonly TransformStep[] }
  | { readonly split: SplitOptions }
  | { readonly dedup: Omit<DedupOptions, 'onDrop'> }
  | { readonly batch: BatchOptions };

/** Where events go, as data. */
export type SenderSpec =
  | {
      readonly type: 'http';
      readonly url: string;
      readonly headers?: Readonly<Record<string, string>>;
      readonly timeoutMs?: number;
    }
  | { readonly type: 'file'; readonly path: string; readonly maxBytes?: number; readonly bufferSize?: number }
  | { readonly type: 'topic'; readonly topic: string }
  | { readonly type: 'log'; readonly maxLength?: number };

/** One route of a receiver, as data: its lane is that of a delivery contract. */
export interface RouteSpec {
  readonly name: string;
  readonly filters?: readonly FilterSpec[];
  /** The name of a sender, or one described in place. */
  readonly sender: string | SenderSpec;
  /** Default: 1, or the size of the batch where there is one. */
  readonly concurrency?: number;
  readonly bufferSize?: number;
  readonly overflow?: Overflow;
  /** Longest time for one attempt, in ms. Default: 30 000. */
  readonly timeoutMs?: number;
  readonly retry?: Pick<RetryPolicy, 'retries' | 'delayMs' | 'maxDelayMs'>;
  readonly onFailure?: 'keep' | 'park';
  readonly parkSize?: number;
  readonly watermarks?: Watermarks;
  readonly guaranteed?: number;
}

/** Where events come from, as data. */
export type SourceSpec =
  | {
      readonly type: 'webhook';
      readonly path?: string;
      /** What a caller must send as its bearer token. Default: nothing. */
      readonly token?: string;
      /** The header that names the tenant of an event. Needed where there is more than one. */
      readonly tenantHeader?: string;
      /** When the request is answered: once every route has the event in line (default), or has settled it. */
      readonly answer?: 'taken' | 'settled';
    }
  | { readonly type: 'topic'; readonly topic: string }
  | { readonly type: 'interval'; readonly everyMs: number; readonly payload?: unknown }
  | {
      readonly type: 'file';
      readonly path: string;
      readonly from?: 'start' | 'end';
      readonly format?: 'json' | 'text';
      readonly pollMs?: number;
      readonly maxLineBytes?: number;
    };

/** One receiver, as data. */
export type ReceiverSpec = SourceSpec & {
  readonly name: string;
  /** Whose events it takes; each of them has a receiver of its own. Default: `default`. */
  readonly tenants?: readonly string[];
  /** Most events that all routes have waiting together. */
  readonly budget?: number;
  readonly guaranteed?: number;
  readonly ackTimeoutMs?: number;
  readonly routes: readonly RouteSpec[];
};

/** What a tenant may do, over all its receivers. */
export interface TenantSpec extends Partial<RateLimit> {
  readonly name: string;
  /** Most events that all its receivers have waiting together. */
  readonly budget?: number;
}

/** Who is told of congestion. */
export type AlertSinkSpec =
  | { readonly type: 'log' }
  | { readonly type: 'topic'; readonly topic: string }
  | {
      readonly type: 'webhook';
      readonly url: string;
      readonly headers?: Readonly<Record<string, string>>;
      readonly timeoutMs?: number;
      /** Default: 10 retries, from 1 000 ms to 60 000 ms apart. */
      readonly retry?: Pick<RetryPolicy, 'retries' | 'delayMs' | 'maxDelayMs'>;
    };

/** Everything that is routed, as data. */
export interface RoutingSpec {
  readonly receivers: readonly ReceiverSpec[];
  readonly senders?: readonly (SenderSpec & { readonly name: string })[];
  readonly topics?: readonly string[];
  readonly tenants?: readonly TenantSpec[];
  readonly alertSinks?: readonly AlertSinkSpec[];
}

/** The tenant of whoever names none. */
export const DEFAULT_TENANT = 'default';

/** Where a webhook is taken, below the server. */
export function pathOf({ name, path = `/hooks/${name}` }: { readonly name: string; readonly path?: string }): string {
  return path;
}

/** Whose events a receiver takes. */
export function tenantsOf({ tenants = [DEFAULT_TENANT] }: Pick<ReceiverSpec, 'tenants'>): readonly string[] {
  return tenants;
}
