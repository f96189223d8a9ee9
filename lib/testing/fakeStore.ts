import { defer, isObservable, type Observable } from 'rxjs';
import { callLog, type Noted } from './callLog.ts';
import { twisted, type Twist } from './twist.ts';

type Call = (...args: never) => Observable<unknown>;

/** The methods of a port whose answer is an Observable. */
type MethodOf<P> = { [M in keyof P]-?: P[M] extends Call ? M : never }[keyof P];

/**
 * How calls go: asked for each call of a method as it starts, with how many there were of that method before and what it was
 * called with; undefined lets it go as usual.
 */
export type StoreScript<P> = {
  readonly [M in MethodOf<P>]?: (
    call: number,
    ...args: P[M] extends (...args: infer A) => unknown ? A : never
  ) => Twist | undefined;
};

/** One call of a fake store. */
export interface StoreCall extends Noted {
  readonly method: string;
  readonly args: readonly unknown[];
}

/** How much a {@link FakeStore} writes down. */
export interface FakeStoreOptions {
  /** Most calls; one more errors with OverflowError. Default: 10 000. */
  readonly bufferSize?: number | undefined;
}

/** A store under the control of a test. */
export type FakeStore<P> = P & {
  /** Every call so far, the first one first. */
  readonly calls: readonly StoreCall[];
};

/**
 * A store that works, whose calls are written down and go as a script says: any store, outbox or inbox, and any other port whose
 * methods give Observables.
 *
 * @example
 * const full = new Error('the disk is full');
 * const store = fakeStore(memoryJobStore(), {
 *   put: (call) => (call === 2 ? { kind: 'failing', error: full } : undefined), // the third one
 * });
 */
export function fakeStore<P extends object>(
  store: P,
  script: StoreScript<P> = {},
  options: FakeStoreOptions = {},
): FakeStore<P> {
  const { bufferSize = 10_000 } = options;
  const log = callLog<Pick<StoreCall, 'method' | 'args'>>('fakeStore', bufferSize);
  const counts = new Map<string, number>();
  const twists = script as Readonly<
    Record<string, ((call: number, ...args: unknown[]) => Twist | undefined) | undefined>
  >;

  const watched =
    (method: string, member: (...args: unknown[]) => unknown) =>
    (...args: unknown[]): unknown => {
      const answer = member.apply(store, args); // what it throws at the call, it throws
      if (!isObservable(answer)) return answer;
      return log.note(
        { method, args },
        defer(() => {
          const call = counts.get(method) ?? 0;
          counts.set(method, call + 1);
          return twisted(answer, twists[method]?.(call, ...args));
        }),
      );
    };

  // Not a copy: stores are classes too, with fields of their own and getters.
  return new Proxy(Object.create(store) as FakeStore<P>, {
    get(_, name) {
      if (name === 'calls') return log.all;
      const member: unknown = Reflect.get(store, name, store);
      return typeof member === 'function' && typeof name === 'string'
        ? watched(name, member as (...args: unknown[]) => unknown)
        : member;
    },
  });
}
