import { asyncScheduler, catchError, defer, EMPTY, mergeMap, throwError, timeout, type Observable } from 'rxjs';
import { OptionError } from '../../../operators/errors.ts';
import { calledOut } from '../../boundary/calledOut.ts';
import { fromAbortable } from '../../boundary/fromAbortable.ts';
import { retryAfterMs } from '../../boundary/retryAfter.ts';
import { NotifyError, type Notification, type Notifier } from '../../contracts/notifier.ts';
import { shownTarget } from './blockedTarget.ts';
import type { TargetGuard } from './createTargetGuard.ts';
import { dial as dialThisMachine, type Dial } from './dial.ts';
import { exchange, type Answer } from './exchange.ts';
import { createWebhookSigner } from './signWebhook.ts';
import { toNotifyError } from './toNotifyError.ts';

/** How targets are told. */
export interface TargetNotifierOptions {
  /** Says which targets may be told. */
  readonly guard: TargetGuard;
  /** Longest time for an attempt, in ms from its beginning to the end of the answer. Default: 10 000. */
  readonly timeoutMs?: number | undefined;
  /**
   * Signs with each of them, as Standard Webhooks: `whsec_` and 24 to 64 bytes in base64. Two while one replaces the other.
   * Default: nothing is signed.
   */
  readonly secrets?: readonly string[] | undefined;
  /** The certificate authorities that targets are trusted by, as PEM. Default: the well-known ones. */
  readonly ca?: string | undefined;
  /** Connects, in place of a socket of this machine. */
  readonly dial?: Dial | undefined;
}

/** A notification as it is written down. */
export interface WrittenNotification {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The longest time that a timer can wait. */
const MAX_DELAY_MS = 2 ** 31 - 1;

/** Posts to targets that begin with `http:` or `https:`, each attempt checked by the guard, in the form that `write` gives. */
export function createTargetNotifier(
  name: string,
  options: TargetNotifierOptions,
  write: (notification: Notification) => WrittenNotification,
): Notifier {
  const { guard, timeoutMs = 10_000, secrets = [], ca, dial = dialThisMachine } = options;
  if (!(timeoutMs > 0)) throw new OptionError('timeoutMs', 'more than 0 ms', timeoutMs);
  const sign = createWebhookSigner(secrets);

  const post = async (notification: Notification, signal: AbortSignal): Promise<Answer> => {
    const url = guard.checkTarget(notification.registration.notify);
    const addresses = await guard.addressesOf(url);
    const { headers, body: text } = write(notification);
    const body = Buffer.from(text);
    const signed = sign({ id: notification.id, time: asyncScheduler.now(), body });
    return calledOut('POST', url.hostname, (trace) =>
      exchange({ url, addresses, headers: { ...headers, ...signed, ...trace }, body, ca, dial }, signal),
    );
  };

  return {
    name,
    bulkheadOf(target) {
      if (!/^https?:/i.test(target)) return undefined;
      return URL.canParse(target) ? new URL(target).hostname : '';
    },
    notify: (notification) =>
      defer(() => {
        const target = shownTarget(notification.registration.notify);
        const late = () => new NotifyError('timeout', target, `no whole answer within ${timeoutMs} ms`);
        return fromAbortable((signal) => post(notification, signal)).pipe(
          timeout({ first: Math.min(timeoutMs, MAX_DELAY_MS), with: () => throwError(late) }),
          mergeMap((answer) => outcomeOf(target, answer)),
          catchError((failure: unknown) => throwError(() => toNotifyError(target, failure))),
        );
      }),
  };
}

/** A status from 200 to 299 is success. */
function outcomeOf(target: string, { status, retryAfter }: Answer): Observable<never> {
  if (status >= 200 && status < 300) return EMPTY;
  const wait = retryAfterMs(retryAfter, asyncScheduler.now());
  const facts = { status, ...(wait !== undefined && { retryAfterMs: wait }) };
  return throwError(
    () => new NotifyError(status === 410 ? 'gone' : 'status', target, `it answered with status ${status}`, facts),
  );
}
