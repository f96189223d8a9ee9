/** A CloudEvent 1.0 in structured JSON, with the extensions that an envelope needs. */
export interface CloudEvent {
  readonly specversion: '1.0';
  readonly id: string;
  /** A URI reference: the name of the service. */
  readonly source: string;
  readonly type: string;
  /** RFC 3339. */
  readonly time: string;
  readonly datacontenttype: 'application/json';
  readonly data?: unknown;
  readonly correlationid: string;
  readonly causationid?: string;
  readonly tenant?: string;
  /** Distributed tracing, as its own extension says. */
  readonly traceparent?: string;
  readonly tracestate?: string;
  /** Of the codec of the data. */
  readonly dataversion: number;
}
