import {
  asyncScheduler,
  AsyncSubject,
  catchError,
  concat,
  defer,
  finalize,
  of,
  share,
  takeUntil,
  throwError,
} from 'rxjs';
import type { Observable } from 'rxjs';
import { later } from '../../../operators/internal/carrier.ts';
import type { CommandDefinition } from '../../contracts/message.ts';
import type { Operation } from '../../contracts/operation.ts';
import {
  InvalidMessageError,
  OutboxFullError,
  PublishError,
  UnroutableError,
} from '../../contracts/transportFailure.ts';
import type { OperationBook } from './operationBook.ts';
import type { OperationRecord } from './operationRecord.ts';
import type { OperationsOptions, SubmitOptions } from './operations.ts';
import type { OutcomeReader } from './outcomeReader.ts';
import { writeMessage } from './writeMessage.ts';

/** A command as it is submitted. */
export interface Submission {
  readonly command: CommandDefinition;
  /** As `wireData` gives it. */
  readonly data: string | undefined;
  readonly submit: SubmitOptions;
}

/** Where submissions go. */
export interface SubmissionParts {
  readonly options: OperationsOptions;
  readonly book: OperationBook;
  readonly reader: OutcomeReader;
}

/** Emits the operation once its command is confirmed, or has ended. Whoever submits it again meanwhile shares that. */
export function confirmed(
  record: OperationRecord,
  submission: Submission,
  parts: SubmissionParts,
): Observable<Operation> {
  record.confirmed$ ??= confirmation(record, submission, parts);
  return concat(
    record.confirmed$.pipe(takeUntil(record.end$)),
    defer(() => {
      parts.book.accept(record);
      return of(record.operation);
    }),
  );
}

function confirmation(record: OperationRecord, submission: Submission, parts: SubmissionParts): Observable<never> {
  const { options, book, reader } = parts;
  const { command, data, submit } = submission;
  const { id, tenant } = record.facts;
  const { traceparent, tracestate } = submit;
  const { name: type, version } = command;
  const time = asyncScheduler.now();
  const source = options.service;
  const envelope = { id, type, source, time, correlationId: id, tenant, traceparent, tracestate, version };
  let mayBeThere = false; // the command, with the one who carries it out

  let isSent = false;
  // It is sent when its outcome can be heard: that is found out elsewhere.
  const send$ = later((): Observable<never> => {
    const message = writeMessage(command, envelope, data);
    isSent = true;
    return options.transport.publish(message);
  });

  return defer(() => {
    isSent = false;
    return concat(reader.whenReady(options.readyTimeoutMs ?? 5_000), defer(send$)).pipe(
      catchError((failure: unknown) => {
        if (isNotSent(failure)) isSent = false;
        return throwError(() => failure);
      }),
      finalize(() => {
        mayBeThere ||= isSent;
        if (!mayBeThere) book.forget(record);
      }),
    );
  }).pipe(share({ connector: () => new AsyncSubject(), resetOnComplete: false }));
}

function isNotSent(failure: unknown): boolean {
  if (failure instanceof PublishError) return failure.why === 'refused';
  return (
    failure instanceof UnroutableError || failure instanceof OutboxFullError || failure instanceof InvalidMessageError
  );
}
