/** A receiver and its routes: see /openapi.json. */
export interface Receiver {
  readonly id: string;
  readonly state: 'open' | 'closed';
  readonly tenant: string;
  readonly name: string;
  readonly source: ReceiverSource;
  readonly holders: number;
  readonly events: Readonly<Record<string, number>>;
  readonly routes: readonly Route[];
  readonly lastError?: LastError;
}

export type ReceiverSource =
  | { readonly type: 'webhook'; readonly path: string; readonly answer: 'taken' | 'settled' }
  | { readonly type: 'topic'; readonly topic: string }
  | { readonly type: 'interval'; readonly everyMs: number }
  | { readonly type: 'file'; readonly path: string };

export interface Route {
  readonly name: string;
  readonly filters: readonly string[];
  readonly sender: string;
  readonly overflow: string;
  readonly bufferSize: number;
  readonly concurrency: number;
  readonly depth: number;
  readonly inFlight: number;
  readonly oldestAgeMs: number;
  readonly outcomes: Readonly<Record<string, number>>;
  readonly alert: { readonly state: 'raised' | 'cleared'; readonly since?: string };
  readonly lastError?: LastError;
}

export interface LastError {
  readonly code: string;
  readonly reason: string;
  readonly time: string;
}

/** A route that is congested now. */
export interface Alert {
  readonly id: string;
  readonly depth: number;
  readonly bufferSize: number;
  readonly oldestAgeMs: number;
  readonly dropped: number;
  readonly since: string;
  readonly timeToFullMs?: number;
}
