import { Observable, Subscription, type Observer, type OperatorFunction, type Subject } from 'rxjs';
import { showValue } from './showValue.ts';

/** Everything one consumer heard, in the order it heard it. */
export interface Heard {
  readonly values: unknown[];
  readonly ends: { readonly kind: 'error' | 'complete'; readonly error?: unknown }[];
  afterEnd: number;
}

/** More values than anybody asks a source for. */
export const ENDLESS = 2_000;

/** Subscribes, and writes down what comes. */
export function consume(
  result$: Observable<unknown>,
  onNext: () => void = () => undefined,
): { readonly heard: Heard; readonly subscription: Subscription } {
  const heard: Heard = { values: [], ends: [], afterEnd: 0 };
  const subscription = result$.subscribe({
    next: (value) => {
      heard.values.push(value);
      if (heard.ends.length > 0) heard.afterEnd++;
      onNext();
    },
    error: (error: unknown) => heard.ends.push({ kind: 'error', error }),
    complete: () => heard.ends.push({ kind: 'complete' }),
  });
  return { heard, subscription };
}

/** What the consumers of one operator value hear, one after the other. */
export function useTwice(operator: OperatorFunction<number, unknown>, letTimePass: () => void): readonly string[] {
  return [1, 2].map(() => {
    let subscribed = 0;
    const source$ = new Observable<number>((subscriber) => {
      subscribed++;
      for (const value of [1, 2, 3]) subscriber.next(value);
      subscriber.complete();
    });
    const { heard } = consume(operator(source$));
    letTimePass();
    return `subscribed ${subscribed === 1 ? 'once' : `${subscribed} times`} and gave ${inWords(heard)}`;
  });
}

/** Has a source give values, one after the other. */
export function feed(source: Subject<number>, ...values: readonly number[]): void {
  for (const value of values) source.next(value);
}

/** Gives values for as long as anybody takes them, all at once; and ends all the same, so that a test does. */
export function endlessSource(): { readonly source$: Observable<number>; readonly produced: () => number } {
  let produced = 0;
  const source$ = new Observable<number>((subscriber) => {
    while (!subscriber.closed && produced < ENDLESS) subscriber.next(produced++);
  });
  return { source$, produced: () => produced };
}

/** Goes on after its end, and after everybody has left, as only a source that is not made by RxJS can. */
export class UnrulySource extends Observable<number> {
  override subscribe(observer?: Partial<Observer<number>> | ((value: number) => void) | null): Subscription {
    const { next, error, complete } = typeof observer === 'function' ? { next: observer } : (observer ?? {});
    next?.call(observer, 1);
    complete?.call(observer);
    next?.call(observer, 2);
    error?.call(observer, new Error('after the end'));
    complete?.call(observer);
    return new Subscription();
  }
}

/** What was heard, on one line. */
export function inWords({ values, ends }: Heard): string {
  const end = ends.map(({ kind, error }) => (kind === 'error' ? `error ${showValue(error)}` : kind));
  return [...values.map(showValue), ...end].join(', ') || 'nothing';
}
