import type { PageRequest } from '../../contracts/pageSource.ts';

/** What a source is asked for. Its signal is made when the source asks for it: most calls of a fast source never do. */
export class CallRequest<Q> implements PageRequest<Q> {
  /** Own and enumerable, so that `{ ...request }` has it. The same for all: five times faster than a getter for each. */
  static readonly #signal: PropertyDescriptor & ThisType<CallRequest<unknown>> = {
    enumerable: true,
    get() {
      return this.#call.signal();
    },
  };

  readonly query: Q;
  readonly pageToken: string | undefined;
  readonly pageSize: number;
  declare readonly signal: AbortSignal;
  readonly #call: { signal(): AbortSignal };

  constructor(call: { signal(): AbortSignal }, query: Q, pageToken: string | undefined, pageSize: number) {
    this.#call = call;
    this.query = query;
    this.pageToken = pageToken;
    this.pageSize = pageSize;
    Object.defineProperty(this, 'signal', CallRequest.#signal);
  }
}
