import { describe, expect, it } from 'vitest';
import { answerProblem, problemOf, RequestError } from '../../../lib/adapters/http/problem.ts';
import { FormatError, UnreachableError } from '../../../lib/contracts/failure.ts';
import {
  InvalidPageTokenError,
  PageTokenExpiredError,
  PageTokenMismatchError,
  PageTokenStaleError,
  PageTokenTooLargeError,
} from '../../../lib/contracts/pageTokenFailure.ts';
import {
  DeadlineError,
  SourceError,
  SourceLoopError,
  SourceOversizedError,
  SourceStalledError,
} from '../../../lib/contracts/sourceFailure.ts';
import { OverflowError, SourceOrderError } from '../../../operators/errors.ts';

describe('problemOf', () => {
  it.each([
    [new InvalidPageTokenError(), 400, 'invalid_page_token'],
    [new PageTokenMismatchError(), 400, 'page_token_mismatch'],
    [new PageTokenExpiredError(), 410, 'page_token_expired'],
    [new PageTokenStaleError(), 410, 'page_token_stale'],
    [new SourceError('npm', new UnreachableError('x', 'y')), 502, 'source_failed'],
    [new SourceError('npm', new DeadlineError(50)), 504, 'source_failed'],
    [new SourceOrderError('npm', 3), 502, 'source_order'],
    [new SourceStalledError('npm', 100), 502, 'source_stalled'],
    [new SourceLoopError('npm'), 502, 'source_loop'],
    [new SourceOversizedError('npm', 5, 4), 502, 'source_oversized'],
    [new RequestError(413, 'body_too_large', 'too long'), 413, 'body_too_large'],
    [new PageTokenTooLargeError(9_000, 8_192), 500, 'internal_error'],
    [new OverflowError('x', 1), 500, 'internal_error'],
    ['a text', 500, 'internal_error'],
    [undefined, 500, 'internal_error'],
    [Object.assign(new Error('odd'), { code: 'toString' }), 500, 'internal_error'],
  ])('tells %s as %i %s', (failure, status, code) => {
    expect(problemOf(failure)).toMatchObject({ status, code, type: 'about:blank' });
  });

  it('names the source that failed', () => {
    expect(problemOf(new SourceLoopError('npm'))).toMatchObject({ source: 'npm' });
    expect(problemOf(new InvalidPageTokenError())).not.toHaveProperty('source');
  });

  it('shows reasons written for readers, with their line, and no others', () => {
    const cut = new SourceError('dpkg', new FormatError('status', 17, 'a field without a name'));
    const foreign = new SourceError('db', new Error('password authentication failed for user "root" at 10.0.0.7'));

    expect(problemOf(cut).detail).toBe('source dpkg: status:17: a field without a name');
    expect(problemOf(foreign)).toMatchObject({ status: 502, detail: 'source db failed; the log says why' });
    const both = new SourceError('dpkg, db', new AggregateError([cut, foreign], 'none of them could be reached'));
    expect(problemOf(both)).toMatchObject({
      status: 502,
      source: 'dpkg, db',
      detail: 'source dpkg: status:17: a field without a name; source db failed; the log says why',
    });
  });

  it('is a 504 only when every source was late', () => {
    const late = (name: string) => new SourceError(name, new DeadlineError(50));
    const all = (...failures: SourceError[]) => new SourceError('a, b', new AggregateError(failures));

    expect(problemOf(all(late('a'), late('b'))).status).toBe(504);
    expect(problemOf(all(late('a'), new SourceError('b', new UnreachableError('b', 'down')))).status).toBe(502);
  });
});

describe('answerProblem', () => {
  it('answers with application/problem+json that no cache keeps', async () => {
    const response = answerProblem(new RequestError(405, 'method_not_allowed', 'no', { allow: 'GET, HEAD' }));

    expect(response.status).toBe(405);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('allow')).toBe('GET, HEAD');
    expect(await response.json()).toMatchObject({ status: 405, title: 'Method Not Allowed' });
  });
});
