import { OptionError } from '../../../operators/errors.ts';
import { checkInteger } from '../../../operators/internal/checkOption.ts';
import { RateBucket } from './rateBucket.ts';
import { RateLine } from './rateLine.ts';

/** How many events a tenant may send, over all its receivers, and what happens to those beyond. */
export interface RateLimit {
  /** More than 0; Infinity for no limit. */
  readonly perSecond: number;
  /** How many may come at once when none came for a while. Default: those of one second. */
  readonly burst?: number | undefined;
  /** Longest time an event is held back, in ms from `next`; one that would wait longer is nacked. Default: 1 000. */
  readonly maxDelayMs?: number | undefined;
  /** Most events that are held back; the receivers of the tenant have equal shares of it. Beyond, they are nacked. Default: 1024. */
  readonly maxWaiting?: number | undefined;
}

/** A {@link RateLimit} with its defaults. */
export type FullRateLimit = { readonly [K in keyof RateLimit]-?: number };

/** See {@link createRateLimits}. */
export interface RateLimitsOptions {
  /** For every tenant that has none of its own. */
  readonly default: RateLimit;
  /** By tenant. */
  readonly tenants?: Readonly<Record<string, RateLimit>> | undefined;
}

/** The rate limits of tenants, as receivers share them. */
export interface RateLimits {
  /** The limit of a tenant, with its defaults. */
  limitOf(tenant: string): FullRateLimit;
}

/** {@link RateLimits} as receivers use them. */
export class TenantLimits implements RateLimits {
  private readonly standard: FullRateLimit;
  private readonly tenants: ReadonlyMap<string, FullRateLimit>;
  private readonly lines = new Map<string, RateLine>();

  constructor({ default: standard, tenants = {} }: RateLimitsOptions) {
    this.standard = checked('default', standard);
    this.tenants = new Map(Object.entries(tenants).map(([tenant, limit]) => [tenant, checked(tenant, limit)]));
  }

  limitOf(tenant: string): FullRateLimit {
    return this.tenants.get(tenant) ?? this.standard;
  }

  /** The line of a tenant: the one in use, while there is one. */
  lineOf(tenant: string): RateLine {
    for (const [other, line] of this.lines) {
      if (other === tenant || !line.isIdle) break;
      this.lines.delete(other); // nobody is there, and a new one would be the same
    }
    let line = this.lines.get(tenant);
    if (!line) {
      const limit = this.limitOf(tenant);
      line = new RateLine({ ...limit, bucket: new RateBucket(limit) });
      this.lines.set(tenant, line);
    }
    return line;
  }
}

/**
 * Limits how many events each tenant may send, over all the receivers that are given this. Events beyond the limit are held
 * back, those of the tenant's receivers in turn, as long and as many as the limit says; the others are nacked.
 *
 * @example
 * const rateLimit = createRateLimits({ default: { perSecond: 100 }, tenants: { acme: { perSecond: 1_000 } } });
 * createReceiver({ tenant: 'acme', name: 'orders', rateLimit });
 */
export function createRateLimits(options: RateLimitsOptions): RateLimits {
  return new TenantLimits(options);
}

function checked(whose: string, limit: RateLimit): FullRateLimit {
  const { perSecond, maxDelayMs = 1_000, maxWaiting = 1_024 } = limit;
  if (!(perSecond > 0)) throw new OptionError(`${whose}: perSecond`, 'more than 0', perSecond);
  const { burst = perSecond === Infinity ? 1 : Math.max(1, Math.floor(perSecond)) } = limit;
  checkInteger(`${whose}: burst`, burst, 1);
  if (!(maxDelayMs >= 0)) throw new OptionError(`${whose}: maxDelayMs`, '0 or more', maxDelayMs);
  checkInteger(`${whose}: maxWaiting`, maxWaiting, 0);
  return { perSecond, burst, maxDelayMs, maxWaiting };
}
