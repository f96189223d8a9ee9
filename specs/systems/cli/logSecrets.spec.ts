import { context, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import * as fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openLog } from '../../../lib/systems/cli/openLog.ts';
import type { Log } from '../../../lib/systems/cli/log.ts';
import { runs } from '../../support/seed.ts';

function logged(format: string | undefined, write: (log: Log) => void): string {
  let text = '';
  write(openLog({ env: { LOG_FORMAT: format }, error: (line) => (text += line) }));
  return text;
}

const FORMATS = [['text'], ['json']] as const;

describe.each(FORMATS)('a log as %s', (format) => {
  it.each([
    ['authorization', { authorization: 'hunter2' }],
    ['a header', { headers: { Authorization: 'Bearer hunter2', cookie: 'hunter2', 'set-cookie': ['hunter2'] } }],
    ['an API key', { apikey: 'hunter2', apiKey: 'hunter2', 'x-api-key': 'hunter2', api_key: 'hunter2' }],
    ['a password', { password: 'hunter2', passwd: 'hunter2' }],
    ['a token, deep inside', { a: [{ b: { accessToken: 'hunter2' } }] }],
    ['a secret that is an object', { clientSecret: { value: 'hunter2' } }],
    ['credentials of a URL', { url: 'amqps://user:hunter2@broker.example/shop' }],
    ['credentials of a URL in an error', { failure: new Error('cannot reach https://user:hunter2@example.org/') }],
    ['a cause', { failure: new Error('x', { cause: new Error('at https://hunter2@example.org') }) }],
    ['a query', { url: 'https://example.org/a?x=1&access_token=hunter2&y=2' }],
    ['a credential in a text', { reason: 'sent Authorization: Bearer hunter2hunter2' }],
  ])('shows no secret: %s', (_, facts) => {
    const line = logged(format, (log) => log.error('it failed', facts));
    expect(line).not.toContain('hunter2');
    expect(line).toContain('[redacted]');
  });

  it('shows none in the message', () => {
    const line = logged(format, (log) => log.warn('no answer of amqp://user:hunter2@broker'));
    expect(line).toContain('amqp://[redacted]@broker');
  });

  it('leaves the rest', () => {
    const line = logged(format, (log) =>
      log.info('plain', { tokens: 3, url: 'https://example.org/a@b?c=d', at: 'a@b' }),
    );
    expect(line).toContain('https://example.org/a@b?c=d');
    expect(line).not.toContain('[redacted]');
  });

  it('has the trace that whoever writes is in', () => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    onTestFinished(() => context.disable());
    const span = { traceId: 'c0ffee00c0ffee00c0ffee00c0ffee00', spanId: 'c0ffee00c0ffee00', traceFlags: 1 };
    const line = logged(format, (log) =>
      context.with(trace.setSpanContext(ROOT_CONTEXT, span), () => log.info('inside')),
    );
    expect(line).toContain(span.traceId);
    expect(line).toContain(span.spanId);
    expect(logged(format, (log) => log.info('outside'))).not.toContain('trace_id');
  });

  it('is bounded, whatever it is given', () => {
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    const line = logged(format, (log) =>
      log.info('x'.repeat(100_000), {
        circle,
        long: 'y'.repeat(100_000),
        many: Array.from({ length: 10_000 }, (_, i) => i),
      }),
    );
    expect(line.length).toBeLessThan(30_000);
    expect(line.trimEnd().split('\n')).toHaveLength(1);
  });

  it('H8 writes one line, whatever message and facts hold', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const line = logged(format, (log) => log.info(`${text}\n{"level":"error"}`, { fact: text, [text]: [text] }));
        expect(line.endsWith('\n')).toBe(true);
        expect(line.slice(0, -1)).not.toMatch(/[\n\r]/);
      }),
      runs(),
    );
  });
});

describe('a log as JSON', () => {
  it('has level, time, message and facts, which take the place of none of these', () => {
    const line = logged('json', (log) => log.warn('slow', { source: 'npm', level: 'fake', time: 1, msg: 'fake' }));
    expect(JSON.parse(line)).toEqual({
      level: 'warn',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      msg: 'slow',
      source: 'npm',
      level_: 'fake',
      time_: 1,
      msg_: 'fake',
    });
  });
});
