import { STATUS_CODES } from 'node:http';
import { TextResponse } from './textResponse.ts';

/** What a client is told when its request fails: RFC 9457, with a stable `code` to branch on. */
export interface Problem {
  readonly type: 'about:blank';
  readonly title: string;
  readonly status: number;
  /** Stable, snake case. `detail` is for people and may change. */
  readonly code: string;
  readonly detail: string;
  /** The source that failed. */
  readonly source?: string;
}

/** A request that cannot be answered as asked. Whoever handles requests throws it; {@link problemOf} answers it. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
  readonly status: number;
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, code: string, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

/** How the failures of a page are answered. Whatever is not listed is told as `internal_error`. */
const STATUSES: ReadonlyMap<unknown, number> = new Map([
  ['invalid_page_size', 400],
  ['invalid_page_token', 400],
  ['page_token_mismatch', 400],
  ['page_token_expired', 410],
  ['page_token_stale', 410],
  ['source_failed', 502],
  ['source_order', 502],
  ['source_stalled', 502],
  ['source_loop', 502],
  ['source_oversized', 502],
]);

/** Failures whose message was written for whoever asked. A foreign error's message may tell addresses and secrets. */
const TELLABLE = new Set<unknown>(['unreachable', 'refused', 'bad_format', 'not_decodable', 'too_large', 'deadline']);

/** Whether a source may give this failure as its reason to a reader outside. */
export function isTellable(failure: unknown): boolean {
  return TELLABLE.has(factsOf(failure).code);
}

/** The problem a failure is told as: no stack, and no text that was not written for readers outside. */
export function problemOf(failure: unknown): Problem {
  if (failure instanceof RequestError) return problem(failure.status, failure.code, failure.message);
  const { code, source, cause, message } = factsOf(failure);
  const status = STATUSES.get(code);
  if (status === undefined) return problem(500, 'internal_error', 'the request failed; the log says why');
  if (typeof source !== 'string') return problem(status, String(code), String(message));

  const failures: readonly unknown[] = cause instanceof AggregateError ? cause.errors : [failure];
  const isLate = failures.every((each) => factsOf(factsOf(each).cause).code === 'deadline');
  return { ...problem(isLate ? 504 : status, String(code), failures.map(reasonOf).join('; ')), source };
}

/** Why a source failed, in words fit for a reader outside. */
function reasonOf(failure: unknown): string {
  const { code, source, cause, message } = factsOf(failure);
  const tellable = code === 'source_failed' ? isTellable(cause) : STATUSES.has(code);
  return tellable ? String(message) : `source ${String(source)} failed; the log says why`;
}

/** Whether a failure is for the log: the client is told nothing of it, and has not left before the answer. */
export function isOurFault(failure: unknown, { signal }: Request): boolean {
  return problemOf(failure).status === 500 && !signal.aborted;
}

/** Writes a problem as the answer to a request. */
export function answerProblem(failure: unknown): Response {
  const answer = problemOf(failure);
  return new TextResponse(JSON.stringify(answer), {
    status: answer.status,
    headers: {
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      ...(failure instanceof RequestError ? failure.headers : {}),
    },
  });
}

function problem(status: number, code: string, detail: string): Problem {
  return { type: 'about:blank', title: STATUS_CODES[status] ?? 'Error', status, code, detail };
}

interface Facts {
  readonly code?: unknown;
  readonly source?: unknown;
  readonly cause?: unknown;
  readonly message?: unknown;
}

/** By what an error says of itself and not by class, so that two copies of a package understand each other. */
function factsOf(failure: unknown): Facts {
  return failure instanceof Error ? failure : {};
}
