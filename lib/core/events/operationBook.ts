import { asyncScheduler, Subject, type Observable } from 'rxjs';
import { after } from '../../../operators/internal/after.ts';
import { ClosedError } from '../../contracts/deliveryFailure.ts';
import type { Operation, OperationEnd } from '../../contracts/operation.ts';
import { OperationsFullError, UnknownOperationError } from '../../contracts/operationFailure.ts';
import { Retained } from '../work/retained.ts';
import { OperationRecord, type OperationFacts } from './operationRecord.ts';
import type { OperationChange } from './operations.ts';

/** How many operations are kept, and how long. */
export interface OperationBookOptions {
  readonly ttlMs: number;
  readonly maxOperations: number;
}

/** Every operation that is known: those without an outcome, and those that have ended, for a time. */
export class OperationBook {
  readonly changes$: Observable<OperationChange>;
  readonly counts = { accepted: 0, succeeded: 0, failed: 0, expired: 0 };
  isClosed = false;
  private readonly options: OperationBookOptions;
  private readonly changes = new Subject<OperationChange>();
  private readonly pending = new Map<string, OperationRecord>();
  private readonly byKey = new Map<string, OperationRecord>();
  private readonly ended: Retained<OperationRecord>;

  constructor(options: OperationBookOptions) {
    const { ttlMs, maxOperations } = options;
    this.options = options;
    this.changes$ = this.changes.asObservable();
    this.ended = new Retained({
      retentionMs: ttlMs,
      maxRetained: maxOperations,
      forgotten: (record) => this.forgetKey(record),
    });
  }

  get pendingCount(): number {
    return this.pending.size;
  }

  find(id: string): OperationRecord | undefined {
    return this.pending.get(id) ?? this.ended.get(id);
  }

  findByKey(tenant: string | undefined, idempotencyKey: string): OperationRecord | undefined {
    return this.byKey.get(scoped(tenant, idempotencyKey));
  }

  /** Throws OperationsFullError. */
  open(facts: OperationFacts): OperationRecord {
    const { maxOperations } = this.options;
    if (this.pending.size >= maxOperations) throw new OperationsFullError(maxOperations);
    const record = new OperationRecord(facts, asyncScheduler.now());
    this.pending.set(record.id, record);
    if (facts.idempotencyKey !== undefined) this.byKey.set(scoped(facts.tenant, facts.idempotencyKey), record);
    record.expiry = after(facts.timeoutMs, () => this.end(record, 'expired'));
    return record;
  }

  /** Tells that an operation is accepted, unless it was told. */
  accept(record: OperationRecord): void {
    if (!record.isTold) this.tellAccepted(record, record.operation);
  }

  /** Ends an operation, once. */
  end(record: OperationRecord, state: OperationEnd, error?: Operation['error']): void {
    if (this.pending.get(record.id) !== record) return;
    const accepted = record.operation;
    this.pending.delete(record.id);
    record.operation = { ...accepted, state, endTime: asyncScheduler.now(), ...(error && { error }) };
    this.ended.add(record);
    this.counts[state]++;
    if (!record.isTold) this.tellAccepted(record, accepted);
    this.tell(record, record.operation);
    record.ended();
  }

  /** Knows nothing of it any more: it was not sent. */
  forget(record: OperationRecord): void {
    if (this.pending.get(record.id) !== record) return;
    this.pending.delete(record.id);
    this.forgetKey(record);
    record.lost(new UnknownOperationError(record.id));
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.ended.stop();
    const waiting = [...this.pending.values()];
    this.pending.clear();
    for (const record of waiting) record.lost(new ClosedError('operations'));
    this.changes.complete();
  }

  private tellAccepted(record: OperationRecord, accepted: Operation): void {
    record.isTold = true;
    this.counts.accepted++;
    this.tell(record, accepted);
  }

  private tell({ facts: { tenant } }: OperationRecord, operation: Operation): void {
    this.changes.next({ operation, tenant });
  }

  private forgetKey(record: OperationRecord): void {
    const { tenant, idempotencyKey } = record.facts;
    if (idempotencyKey !== undefined) this.byKey.delete(scoped(tenant, idempotencyKey));
  }
}

function scoped(tenant: string | undefined, idempotencyKey: string): string {
  return JSON.stringify([tenant, idempotencyKey]);
}
