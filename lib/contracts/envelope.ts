/** A fact or an order on its way, with where it comes from and what it belongs to. Never changed. */
export interface Envelope<A = unknown> {
  /** 128 random bits as text, or more. Names the message, on every delivery. */
  readonly id: string;
  /** The name of its definition. */
  readonly type: string;
  /** The service that sent it. */
  readonly source: string;
  /** In ms of the clock. */
  readonly time: number;
  /** What it all belongs to: the operation that began it. */
  readonly correlationId: string;
  /** The id of the message that it follows from; absent for the first one. */
  readonly causationId?: string | undefined;
  /** Whose it is. Absent: there is only one tenant. */
  readonly tenant?: string | undefined;
  /** W3C trace context, as it came. */
  readonly traceparent?: string | undefined;
  readonly tracestate?: string | undefined;
  /** The version of its codec, counted from 1. */
  readonly version: number;
  readonly data: A;
}
