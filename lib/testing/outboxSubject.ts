import type { Outbox } from '../contracts/outbox.ts';

/** An outbox that is empty, made anew for each law. */
export interface OutboxSubject<Transaction = unknown> {
  readonly outbox: Outbox<Transaction>;
  /** Runs work in a transaction: committed when it resolves; rolled back when it rejects, and then it rejects alike. */
  transaction(work: (transaction: Transaction) => Promise<void>): Promise<void>;
  release?(): void | Promise<void>;
}
