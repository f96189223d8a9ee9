import type { Observable } from 'rxjs';
import type { Registration } from './registration.ts';

/** What somebody is told. The same on every attempt. */
export interface Notification {
  /** Names the notification. */
  readonly id: string;
  readonly registration: Registration;
  readonly depth: number;
  /** In ms of the clock: when the depth was seen. */
  readonly time: number;
}

/** Tells those who registered. */
export interface Notifier {
  /** Names the notifier in errors and figures. */
  readonly name: string;
  /**
   * What the targets it tells have in common, so that no more than so many are told at once: a host name, or the name of a
   * service. Undefined: it does not know this kind of target.
   */
  bulkheadOf(target: string): string | undefined;
  /**
   * Completes once the target has it, and errors with NotifyError when it has not. One attempt. Nothing happens before it is
   * subscribed to; unsubscribing gives up, and leaves no socket.
   */
  notify(notification: Notification): Observable<never>;
}

/** What kind of failure a notification met. */
export type NotifyFailureKind =
  'status' | 'timeout' | 'connection' | 'tls' | 'blocked' | 'protocol' | 'gone' | 'unknownJob' | 'stillRunning';

/** A target was not told. */
export class NotifyError extends Error {
  override readonly name = 'NotifyError';
  readonly code = 'not_notified';
  readonly kind: NotifyFailureKind;
  readonly target: string;
  /** The HTTP status, where there was one. */
  readonly status: number | undefined;
  /** The target asks to be left alone for so long, in ms; at most a day. */
  readonly retryAfterMs: number | undefined;

  constructor(
    kind: NotifyFailureKind,
    target: string,
    reason: string,
    options: ErrorOptions & { readonly status?: number; readonly retryAfterMs?: number } = {},
  ) {
    super(`${target} was not told: ${reason}`, options);
    this.kind = kind;
    this.target = target;
    this.status = options.status;
    this.retryAfterMs = options.retryAfterMs;
  }
}
