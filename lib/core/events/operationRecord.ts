import { AsyncSubject, type Observable, type Subscription } from 'rxjs';
import type { Operation } from '../../contracts/operation.ts';

/** What an operation begins with. */
export interface OperationFacts {
  readonly id: string;
  readonly command: string;
  readonly tenant: string | undefined;
  readonly idempotencyKey: string | undefined;
  /** Of the command. */
  readonly digest: string;
  readonly timeoutMs: number;
}

/** An operation, as whoever keeps it has it. */
export class OperationRecord {
  readonly facts: OperationFacts;
  operation: Operation;
  /** Completes when the command was confirmed. */
  confirmed$: Observable<never> | undefined;
  /** Whether anybody was told of it. */
  isTold = false;
  expiry: Subscription | undefined = undefined;
  readonly end$: Observable<Operation>;
  private readonly end = new AsyncSubject<Operation>();

  constructor(facts: OperationFacts, createTime: number) {
    const { id, command } = facts;
    this.facts = facts;
    this.operation = { id, command, state: 'accepted', createTime };
    this.end$ = this.end.asObservable();
  }

  get id(): string {
    return this.facts.id;
  }

  get endTime(): number | undefined {
    return this.operation.endTime;
  }

  /** Tells those who wait that it is in its last state. */
  ended(): void {
    this.expiry?.unsubscribe();
    this.end.next(this.operation);
    this.end.complete();
  }

  /** Tells those who wait that nobody will ever know. */
  lost(failure: unknown): void {
    this.expiry?.unsubscribe();
    this.end.error(failure);
  }
}
