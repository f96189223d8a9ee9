import { AsyncSubject, concat, defer, of, share, switchMap, takeUntil, throwError, type Observable } from 'rxjs';
import { OptionError } from '../../../operators/errors.ts';
import { checkInteger } from '../../../operators/internal/checkOption.ts';
import { ClosedError } from '../../contracts/deliveryFailure.ts';
import { UnknownMessageError } from '../../contracts/messageFailure.ts';
import type { Operation } from '../../contracts/operation.ts';
import { IdempotencyConflictError, UnknownOperationError } from '../../contracts/operationFailure.ts';
import { checkTopicName } from '../topics/checkTopicName.ts';
import { commandDigest } from './commandDigest.ts';
import { OperationBook } from './operationBook.ts';
import type { OperationRecord } from './operationRecord.ts';
import type { Operations, OperationsOptions, WaitOptions } from './operations.ts';
import { OutcomeReader, type ReadOutcome } from './outcomeReader.ts';
import { confirmed, type Submission } from './submission.ts';
import { wireData } from './wireData.ts';
import { within } from './within.ts';

const LONGEST_KEY = 255;

/**
 * Submits commands, and keeps what becomes of them: accepted, then succeeded, failed or expired.
 *
 * - **Emits** the end of an operation to whoever asks, before, during or after it.
 * - **Holds** `maxOperations` operations without an outcome, and as many that have ended, for `ttlMs`.
 * - **Completes** `consume()`, `changes$` and `errors$` with `close`.
 * - **Errors** of a submit tell that the command was not sent, or that nobody knows: submit it again with the same
 *   idempotency key then. A command that fails is no error here: its operation has `failed`.
 * - **Unsubscribing** from a submit or an outcome stops waiting; the command goes on.
 *
 * @example
 * const operations = createOperations({ service: 'api', transport, messages, newId: randomUUID });
 * operations.consume().subscribe(log);
 * operations.submit(CreatePortfolio, { title }).pipe(switchMap(({ id }) => operations.outcome(id, { timeoutMs: 10_000 })));
 */
export function createOperations(options: OperationsOptions): Operations {
  const {
    service,
    messages,
    newId,
    idOfKey,
    ttlMs = 600_000,
    timeoutMs: usual = 300_000,
    maxOperations = 10_000,
  } = options;
  checkTopicName(service, 'service');
  checkInteger('maxOperations', maxOperations, 1);
  checkTime('ttlMs', ttlMs);
  checkTime('timeoutMs', usual);
  const book = new OperationBook({ ttlMs, maxOperations });
  const reader = new OutcomeReader(options, received);
  const parts = { options, book, reader };
  const closed$ = new AsyncSubject<void>();
  const consumed$ = defer(() => reader.consume()).pipe(takeUntil(closed$), share());
  let ignored = 0;

  /** An outcome counts for the operation of its command and of its tenant, whoever sent it. */
  function received({ outcome, operationId, command, tenant }: ReadOutcome): void {
    const record = operationId === undefined ? undefined : book.find(operationId);
    if (record?.operation.state !== 'accepted' || record.facts.tenant !== tenant || record.facts.command !== command) {
      ignored++;
    } else if (outcome.digest !== record.facts.digest) {
      const { code, message } = new IdempotencyConflictError(record.id);
      book.end(record, 'failed', { code, message });
    } else book.end(record, outcome.state, outcome.error);
  }

  function opened({ command, data, submit }: Submission): OperationRecord {
    const { tenant, idempotencyKey, timeoutMs = usual } = submit;
    const digest = commandDigest(command.name, data);
    const known = idempotencyKey === undefined ? undefined : book.findByKey(tenant, idempotencyKey);
    if (known && known.facts.digest !== digest) throw new IdempotencyConflictError(known.id);
    if (known) return known;
    const id = idempotencyKey === undefined || !idOfKey ? newId() : idOfKey(tenant ?? '', idempotencyKey);
    return book.open({ id, command: command.name, tenant, idempotencyKey, digest, timeoutMs });
  }

  function outcome(id: string, { tenant, timeoutMs = Infinity }: WaitOptions = {}): Observable<Operation> {
    return defer(() => {
      const record = found(id, tenant);
      return record ? record.end$ : throwError(() => new UnknownOperationError(id));
    }).pipe(within(`the outcome of operation ${id.slice(0, 128)}`, timeoutMs));
  }

  function found(id: string, tenant: string | undefined): OperationRecord | undefined {
    const record = book.find(id);
    return record?.facts.tenant === tenant ? record : undefined;
  }

  return {
    consume: () => consumed$,
    submit(command, data, submit = {}) {
      const { idempotencyKey, timeoutMs = usual } = submit;
      if (messages.command(command.name) !== command) throw new UnknownMessageError(command.name);
      if (idempotencyKey !== undefined && (idempotencyKey === '' || idempotencyKey.length > LONGEST_KEY))
        throw new OptionError('idempotencyKey', `1 to ${LONGEST_KEY} characters`, idempotencyKey);
      checkTime('timeoutMs', timeoutMs);
      const submission: Submission = { command, data: wireData(command, data), submit };
      return defer(() => {
        if (book.isClosed) return throwError(() => new ClosedError('operations'));
        return confirmed(opened(submission), submission, parts);
      });
    },
    get: (id, tenant) => found(id, tenant)?.operation,
    outcome,
    waitUntilApplied: (id, view, { tenant, timeoutMs = Infinity } = {}) =>
      outcome(id, { tenant }).pipe(
        switchMap((operation) =>
          operation.state === 'succeeded' ? concat(view.whenApplied(id), of(operation)) : of(operation),
        ),
        within(`the view of operation ${id.slice(0, 128)}`, timeoutMs),
      ),
    changes$: book.changes$,
    errors$: reader.errors$,
    stats: () => ({ ...book.counts, pending: book.pendingCount, ignored, rejected: reader.rejected }),
    close() {
      book.close();
      closed$.next();
      closed$.complete();
      reader.complete();
    },
  };
}

function checkTime(option: string, value: number): void {
  if (!(value > 0)) throw new OptionError(option, 'more than 0 ms', value);
}
