import type { ReceiverFailure } from '../../contracts/receiverFailure.ts';

/** The last failure of a route or of a receiver, as clients are told. */
export interface LastError {
  readonly code: string;
  readonly reason: string;
  readonly time: string;
}

/** What an operator is told of failures, and clients of the last one. */
export interface FailureLog {
  failed(failure: ReceiverFailure): void;
  /** The last failure of a route; without a route, that of the receiver itself. */
  last(tenant: string, receiver: string, route?: string): LastError | undefined;
  /** Forgets a route that is no more. */
  forget(tenant: string, receiver: string, route: string): void;
}

/** How often the same kind of failure is written down, in ms: a route that fails may fail a thousand times a second. */
const EVERY_MS = 10_000;
const MAX_REASON_LENGTH = 500;

interface Kept extends LastError {
  readonly writtenAt: number;
  readonly unwritten: number;
}

/** Makes a {@link FailureLog}. It keeps one entry per route. */
export function createFailureLog(
  warn: (message: string, facts: Readonly<Record<string, unknown>>) => void,
): FailureLog {
  const kept = new Map<string, Kept>();

  return {
    failed: (failure) => {
      const now = Date.now();
      const key = keyOf(failure);
      const before = kept.get(key);
      const due = before === undefined || now - before.writtenAt >= EVERY_MS || before.code !== codeOf(failure);
      const last = { code: codeOf(failure), reason: reasonOf(failure), time: new Date(now).toISOString() };
      if (due) {
        const { unwritten = 0 } = before ?? {};
        warn(messageOf(failure), { reason: last.reason, ...(unwritten > 0 && { moreBefore: unwritten }) });
      }
      kept.set(key, {
        ...last,
        writtenAt: due ? now : before.writtenAt,
        unwritten: due ? 0 : before.unwritten + 1,
      });
    },
    last: (...names) => {
      const found = kept.get(names.join('/'));
      return found && { code: found.code, reason: found.reason, time: found.time };
    },
    forget: (...names) => void kept.delete(names.join('/')),
  };
}

function keyOf(failure: ReceiverFailure): string {
  if (failure.code === 'delivery_failed') return `alerts/${failure.topic}/${failure.subscriber}`;
  const { tenant, receiver } = failure;
  return failure.code === 'route_failed' ? `${tenant}/${receiver}/${failure.route}` : `${tenant}/${receiver}`;
}

function messageOf(failure: ReceiverFailure): string {
  switch (failure.code) {
    case 'route_failed':
      return 'a route has failed';
    case 'delivery_failed':
      return 'an alert could not be told';
    case 'ack_timeout':
      return 'an event was not settled in time';
    case 'rate_limited':
      return 'a tenant sends too many events';
    case 'receive_failed':
      return 'a source of events failed';
  }
}

/** What the failure comes from says more than that a route failed. */
function codeOf(failure: ReceiverFailure): string {
  const { cause } = failure;
  return cause instanceof Error && 'code' in cause ? String(cause.code) : failure.code;
}

function reasonOf({ message }: ReceiverFailure): string {
  return message.length > MAX_REASON_LENGTH ? `${message.slice(0, MAX_REASON_LENGTH)}...` : message;
}
