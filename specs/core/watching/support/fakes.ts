import {
  concat,
  concatMap,
  defer,
  EMPTY,
  finalize,
  ignoreElements,
  NEVER,
  of,
  throwError,
  timer,
  type Observable,
} from 'rxjs';
import { memoryRegistryStore } from '../../../../lib/adapters/memory/memoryRegistryStore.ts';
import type { DepthSource } from '../../../../lib/contracts/depthSource.ts';
import { NotifyError, type Notification, type Notifier } from '../../../../lib/contracts/notifier.ts';
import type { RegistrySnapshot } from '../../../../lib/contracts/registration.ts';
import type { RegistryStore } from '../../../../lib/contracts/registryStore.ts';

type Depths = ReadonlyMap<string, number>;

/** A queue manager that counts how often it is asked. Unless it is told otherwise, a message is on every queue. */
export function fakeManager(
  manager: string,
  depthsOf: (queues: ReadonlySet<string>) => Observable<Depths> = (queues) =>
    of(new Map([...queues].map((queue) => [queue, 1]))),
) {
  const source = {
    manager,
    asked: 0,
    depths: (queues: ReadonlySet<string>) =>
      defer(() => {
        source.asked++;
        return depthsOf(queues);
      }),
  };
  return source satisfies DepthSource;
}

/**
 * Does what the end of a target says: `hang` never answers, a number is a status, `later` takes 50 ms, everything else is
 * told at once. What comes before is the host: `a/hang`.
 */
export function fakeNotifier(answer?: (notification: Notification) => Observable<never> | undefined) {
  const perHost = new Map<string, number>();
  const notifier = {
    name: 'fake',
    /** Every attempt. */
    attempts: [] as Notification[],
    /** Those that were told, in the order they were. */
    told: [] as Notification[],
    running: 0,
    mostRunning: 0,
    mostPerHost: 0,
    bulkheadOf: (target: string) => (target.startsWith('unknown') ? undefined : target.split('/')[0]!),
    notify: (notification: Notification) =>
      defer(() => {
        const target = notification.registration.notify;
        const host = target.split('/')[0]!;
        const running = (perHost.get(host) ?? 0) + 1;
        perHost.set(host, running);
        notifier.attempts.push(notification);
        notifier.mostRunning = Math.max(notifier.mostRunning, ++notifier.running);
        notifier.mostPerHost = Math.max(notifier.mostPerHost, running);
        const end$ = defer(() => {
          notifier.told.push(notification);
          return EMPTY;
        });
        return concat(answer?.(notification) ?? answerOf(target), end$).pipe(
          finalize(() => {
            notifier.running--;
            perHost.set(host, perHost.get(host)! - 1);
          }),
        );
      }),
  };
  return notifier satisfies Notifier;
}

function answerOf(target: string): Observable<never> {
  const kind = target.split('/').at(-1)!;
  if (kind === 'hang') return NEVER;
  if (/^\d{3}$/.test(kind)) return failing(target, { status: Number(kind) });
  return kind === 'later' ? timer(50).pipe(ignoreElements()) : EMPTY;
}

/** A target that answers with a status, and perhaps asks for a rest. */
export function failing(
  target: string,
  how: { readonly status?: number; readonly retryAfterMs?: number },
): Observable<never> {
  return throwError(() => new NotifyError('status', target, `status ${how.status ?? 0}`, how));
}

/** A store in memory, with what happens before a call takes effect, and before it is answered. */
export function fakeStore(
  hooks: {
    readonly before?: (action: 'load' | 'save', n: number) => Observable<unknown> | undefined;
    readonly after?: (action: 'load' | 'save', n: number) => Observable<unknown> | undefined;
  } = {},
  inner: RegistryStore = memoryRegistryStore(),
) {
  const { before = () => undefined, after = () => undefined } = hooks;
  const store = {
    name: 'the fake store',
    loads: 0,
    saves: 0,
    running: 0,
    mostRunning: 0,
    /** Everything that was saved, in order. */
    saved: [] as RegistrySnapshot[],
    load: () =>
      hooked(
        'load',
        () => ++store.loads,
        () => inner.load(),
      ),
    save: (snapshot: RegistrySnapshot, revision: string | undefined) =>
      hooked(
        'save',
        () => ++store.saves,
        () => defer(() => inner.save(snapshot, revision)).pipe(finalize(() => store.saved.push(snapshot))),
      ),
  };
  const hooked = <T>(action: 'load' | 'save', count: () => number, call: () => Observable<T>): Observable<T> =>
    defer(() => {
      const n = count();
      store.mostRunning = Math.max(store.mostRunning, ++store.running);
      const held = (by$: Observable<unknown> | undefined): Observable<never> => (by$ ?? EMPTY).pipe(ignoreElements());
      const answered$ = call().pipe(concatMap((value) => concat(held(after(action, n)), of(value))));
      return concat(held(before(action, n)), answered$).pipe(finalize(() => store.running--));
    });
  return store satisfies RegistryStore;
}
