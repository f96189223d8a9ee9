import type { AggregatePage, Drift, Unreachable } from './aggregate.ts';

/** A page of a merged list. Its token is worked out when it is read: a walk that goes on needs none. */
export class MergedPage<T> implements AggregatePage<T> {
  /** Own and enumerable, for pages are copied. The same for all: much faster than a getter for each. */
  static readonly #nextPageToken: PropertyDescriptor & ThisType<MergedPage<unknown>> = {
    enumerable: true,
    get() {
      return (this.#token ??= this.#tokenOf());
    },
  };

  readonly items: readonly T[];
  declare readonly nextPageToken: string;
  declare readonly unreachable?: readonly Unreachable[];
  declare readonly drift?: Drift;
  readonly #tokenOf: () => string;
  #token: string | undefined;

  constructor(
    items: readonly T[],
    tokenOf: () => string,
    unreachable: readonly Unreachable[] | undefined,
    drift: Drift | undefined,
  ) {
    this.items = items;
    this.#tokenOf = tokenOf;
    Object.defineProperty(this, 'nextPageToken', MergedPage.#nextPageToken);
    if (unreachable) this.unreachable = unreachable;
    if (drift) this.drift = drift;
  }
}
