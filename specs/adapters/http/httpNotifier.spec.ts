import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createTargetGuard } from '../../../lib/adapters/guard/createTargetGuard.ts';
import type { TargetNotifierOptions } from '../../../lib/adapters/guard/createTargetNotifier.ts';
import { httpNotifier } from '../../../lib/adapters/http/httpNotifier.ts';
import { OptionError } from '../../../operators/errors.ts';
import { selfSigned } from '../../support/certificate.ts';
import { endpointZoo } from '../../support/endpointZoo.ts';
import { notificationFor, told } from '../../support/notification.ts';
import { requestParts } from '../../support/requestParts.ts';
import { runs } from '../../support/seed.ts';

const guard = createTargetGuard({ allowedNetworks: ['127.0.0.0/8'], allowedHosts: ['localhost'], allowedPorts: 'any' });
const notifierWith = (options: Partial<TargetNotifierOptions> = {}) => httpNotifier({ guard, ...options });

async function tell(path: string, options: Partial<TargetNotifierOptions> = {}) {
  const zoo = await endpointZoo();
  const outcome = await told(notifierWith(options), notificationFor(`${zoo.url}/${path}`));
  await vi.waitFor(() => expect(zoo.open()).toBe(0)); // X3
  expect(zoo.canary.hits()).toBe(0);
  return { outcome, zoo };
}

describe('httpNotifier', () => {
  it('N3 posts what was seen as JSON, with the id of the notification', async () => {
    const { outcome, zoo } = await tell('ok');
    expect(outcome).toBe('told');
    const { headers, body } = requestParts(zoo.requests[0]!);
    expect(JSON.parse(body.toString())).toEqual({
      notification: 'messages found on queue',
      ID: 'r-1',
      CE_QMGR: 'QM1',
      CE_QUEUE: 'DEV.QUEUE.1',
      CE_DEPTH: '3',
    });
    expect(headers).toEqual({
      host: new URL(zoo.url).host,
      'content-type': 'application/json',
      'content-length': String(body.byteLength),
      'idempotency-key': 'n-1',
      'accept-encoding': 'identity',
      connection: 'close',
    });
  });

  it('does nothing before it is subscribed to, and once for each who does', async () => {
    const zoo = await endpointZoo();
    const told$ = notifierWith().notify(notificationFor(`${zoo.url}/ok`));
    expect(zoo.requests).toHaveLength(0);
    await Promise.all([1, 2].map(() => new Promise((done) => told$.subscribe({ complete: () => done(0) }))));
    expect(zoo.requests).toHaveLength(2);
  });

  it.each([200, 201, 202, 204, 299])('N4 takes status %d for success', async (status) => {
    expect((await tell(`status/${status}`)).outcome).toBe('told');
  });

  it.each([
    ...[300, 304, 400, 401, 404, 408, 425, 429, 500, 502, 503, 599].map((status) => [status, 'status'] as const),
    [410, 'gone'] as const,
  ])('N4 N11 takes status %d for a failure: %s', async (status, kind) => {
    expect((await tell(`status/${status}`)).outcome).toMatchObject({
      name: 'NotifyError',
      code: 'not_notified',
      kind,
      status,
    });
  });

  it.each([301, 302, 303, 307, 308, 300])('N14 S11 follows no redirect: %d', async (status) => {
    expect((await tell(`redirect/${status}`)).outcome).toMatchObject({ kind: 'status', status });
  });

  it('S11 goes nowhere for a Refresh header', async () => {
    expect((await tell('refresh')).outcome).toBe('told');
  });

  it.each([
    ['E1', 'silent'],
    ['E2', 'slow-head'],
    ['E2', 'slow-body'],
    ['E5', 'continue-stall'],
  ])('N4 %s %s: fails when the time for all of it is over, and lets go of the socket', async (_, path) => {
    const begin = performance.now();
    const { outcome } = await tell(path, { timeoutMs: 150 });
    expect(outcome).toMatchObject({ kind: 'timeout', message: expect.stringContaining('150 ms') });
    expect(performance.now() - begin).toBeLessThan(2_000);
  });

  it.each([
    ['endless/200', 'told'],
    ['gigabyte', 'told'],
    ['bomb', 'told'],
    ['endless/500', 'status'],
  ])('N15 E3 %s: reads 64 KiB at most, expands nothing, and the status decides', async (path, end) => {
    const { outcome, zoo } = await tell(path, { timeoutMs: 5_000 });
    expect(outcome === 'told' ? outcome : outcome.kind).toBe(end);
    expect(Math.max(...zoo.sent())).toBeLessThan(16 * 1024 ** 2); // what the kernel takes for both sides
  });

  it.each([
    ['E4', 'big-head', 'protocol'],
    ['E4', 'many-headers', 'protocol'],
    ['E4', 'bad-chunks', 'protocol'],
    ['E4', 'endless-chunk-size', 'protocol'],
    ['E4', 'two-lengths', 'protocol'],
    ['E4', 'http-0.9', 'protocol'],
    ['E5', 'upgrade', 'protocol'],
    ['E5', 'hints/1000', 'protocol'],
    ['E7', 'reset', 'connection'],
    ['E7', 'reset-in-body', 'connection'],
    ['E7', 'cut-off', 'connection'],
    ['E7', 'nothing', 'connection'],
  ])('N4 %s %s: fails once, as %s', async (_, path, kind) => {
    const { outcome, zoo } = await tell(path, { timeoutMs: 5_000 });
    expect(outcome).toMatchObject({ name: 'NotifyError', kind, status: undefined });
    expect(zoo.requests).toHaveLength(1);
  });

  it('E5 lets a few early hints pass', async () => {
    expect((await tell('hints/3')).outcome).toBe('told');
  });

  it('N4 E7 fails when nobody is there, or hangs up at once', async () => {
    const zoo = await endpointZoo();
    const free = 'http://127.0.0.1:1/';
    expect(await told(notifierWith(), notificationFor(`${zoo.hangUpUrl}/`))).toMatchObject({ kind: 'connection' });
    expect(await told(notifierWith(), notificationFor(free))).toMatchObject({
      kind: 'connection',
      message: `${free} was not told: ECONNREFUSED`,
    });
  });

  it.each([
    ['-1', 0],
    ['1e99', 86_400_000],
    ['9999999999', 86_400_000],
    ['Thu, 01 Jan 1970 00:00:00 GMT', 0],
    ['Fri, 31 Dec 9999 23:59:59 GMT', 86_400_000],
    ['120', 120_000],
    ['soon', undefined],
  ])('N11 E6 understands Retry-After: %s', async (value, retryAfterMs) => {
    const { outcome } = await tell(`retry-after/${encodeURIComponent(value)}`);
    expect(outcome).toMatchObject({ kind: 'status', status: 503, retryAfterMs });
  });

  it('E8 keeps nothing that an answer would set', async () => {
    const zoo = await endpointZoo();
    const notifier = notifierWith();
    for (const path of ['cookies', 'ok']) await told(notifier, notificationFor(`${zoo.url}/${path}`));
    expect(zoo.requests).toHaveLength(2);
    expect(zoo.requests[1]).not.toMatch(/cookie/i);
  });

  it('E9 H8 shows nothing of the answer, and no query of the target', async () => {
    const { outcome } = await tell('rude?key=hunter2', { timeoutMs: 5_000 });
    expect(outcome.kind).toBe('status');
    const shown = JSON.stringify([String(outcome), outcome, outcome.stack, String(outcome.cause)]);
    expect(shown).not.toMatch(/hunter2|\\u001b|level=error/);
  });

  it('X3 X5 lets go of the socket when it is unsubscribed from', async () => {
    const zoo = await endpointZoo();
    const subscription = notifierWith()
      .notify(notificationFor(`${zoo.url}/silent`))
      .subscribe();
    await vi.waitFor(() => expect(zoo.requests).toHaveLength(1));
    expect(zoo.open()).toBe(1);
    subscription.unsubscribe();
    await vi.waitFor(() => expect(zoo.open()).toBe(0));
  });

  describe('TLS', () => {
    const serveTls = async (names: string, options: { readonly expired?: boolean } = {}) => {
      const certificate = selfSigned(names, options);
      const server = createServer(certificate, (_, response) => response.end()).listen(0, '127.0.0.1');
      await new Promise((resolve) => server.once('listening', resolve));
      onTestFinished(() => {
        server.close();
        server.closeAllConnections();
      });
      const { port } = server.address() as AddressInfo;
      return { ca: certificate.cert, url: `https://127.0.0.1:${port}/`, named: `https://localhost:${port}/` };
    };
    const outcomeOf = async (url: string, ca?: string) => told(notifierWith({ ca }), notificationFor(url));

    it('S13 tells a target with a certificate that holds', async () => {
      const { ca, url } = await serveTls('IP:127.0.0.1');
      expect(await outcomeOf(url, ca)).toBe('told');
      const other = await serveTls('DNS:localhost');
      expect(await outcomeOf(other.named, other.ca)).toBe('told');
    });

    it('S13 refuses one that is self-signed, has run out, or has another name, whatever the environment says', async () => {
      vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
      onTestFinished(() => void vi.unstubAllEnvs());
      const unknown = await serveTls('IP:127.0.0.1');
      const expired = await serveTls('IP:127.0.0.1', { expired: true });
      const wrong = await serveTls('DNS:other.example');

      expect(await outcomeOf(unknown.url)).toMatchObject({ kind: 'tls' });
      expect(await outcomeOf(expired.url, expired.ca)).toMatchObject({
        kind: 'tls',
        cause: { code: 'CERT_HAS_EXPIRED' },
      });
      expect(await outcomeOf(wrong.named, wrong.ca)).toMatchObject({
        kind: 'tls',
        message: expect.stringContaining('ERR_TLS_CERT_ALTNAME_INVALID'),
      });
    });

    it('S13 fails where there is no TLS', async () => {
      const zoo = await endpointZoo();
      const target = notificationFor(zoo.hangUpUrl.replace('http:', 'https:'));
      expect(await told(notifierWith(), target)).toMatchObject({ kind: 'connection' });
      const silent = notificationFor(`https://127.0.0.1:${zoo.port}/ok`); // waits for the end of a head
      expect(await told(notifierWith({ timeoutMs: 200 }), silent)).toMatchObject({ kind: 'timeout' });
    });
  });

  describe('signatures', () => {
    const secretOf = (bytes: Uint8Array) => `whsec_${Buffer.from(bytes).toString('base64')}`;
    const [older, newer] = [secretOf(Buffer.alloc(24, 1)), secretOf(Buffer.alloc(64, 2))];

    it('N16 verifies with the reference library, by the old secret and by the new one', async () => {
      const { zoo } = await tell('ok', { secrets: [older, newer] });
      const { headers, body } = requestParts(zoo.requests[0]!);
      expect(headers['webhook-id']).toBe('n-1');
      for (const secret of [older, newer])
        expect(new Webhook(secret).verify(body, headers)).toMatchObject({ ID: 'r-1' });
      expect(() => new Webhook(secretOf(Buffer.alloc(24, 3))).verify(body, headers)).toThrow();
    });

    it('N16 covers id, time and body', async () => {
      const { zoo } = await tell('ok', { secrets: [older] });
      const { headers, body } = requestParts(zoo.requests[0]!);
      const verify = (changes: Record<string, string>, sent = body) =>
        new Webhook(older).verify(sent, { ...headers, ...changes });
      expect(() => verify({ 'webhook-id': 'n-2' })).toThrow();
      expect(() => verify({ 'webhook-timestamp': String(Number(headers['webhook-timestamp']) + 1) })).toThrow();
      expect(() => verify({}, Buffer.from(body.toString().replace('3', '4')))).toThrow();
      expect(verify({})).toMatchObject({ CE_DEPTH: '3' });
    });

    it('N3 N16 keeps the id on every attempt', async () => {
      const zoo = await endpointZoo();
      const notification = notificationFor(`${zoo.url}/status/503`);
      for (let i = 0; i < 2; i++) await told(notifierWith({ secrets: [older] }), notification);
      expect(zoo.requests.map((request) => requestParts(request).headers['webhook-id'])).toEqual(['n-1', 'n-1']);
      expect(new Set(zoo.requests.map((request) => requestParts(request).body.toString())).size).toBe(1);
    });

    it('N16 verifies whatever the names are', async () => {
      const zoo = await endpointZoo();
      const texts = fc.string({ unit: 'grapheme', maxLength: 20 });
      await fc.assert(
        fc.asyncProperty(texts, texts, fc.uint8Array({ minLength: 24, maxLength: 64 }), async (queue, id, key) => {
          const notification = notificationFor(`${zoo.url}/ok`);
          const registration = { ...notification.registration, id, queue };
          await told(notifierWith({ secrets: [secretOf(key)] }), { ...notification, registration });
          const { headers, body } = requestParts(zoo.requests.at(-1)!);
          expect(new Webhook(secretOf(key)).verify(body, headers)).toMatchObject({ ID: id, CE_QUEUE: queue });
        }),
        runs(50),
      );
    });

    it.each(['', 'whsec_', 'secret', 'whsec_!!!!', secretOf(Buffer.alloc(23)), secretOf(Buffer.alloc(65))])(
      'H8 refuses the secret %j, and does not show it',
      (secret) => {
        const make = () => notifierWith({ secrets: [secret] });
        expect(make).toThrow(OptionError);
        if (secret.length > 6) expect(make).not.toThrow(secret);
      },
    );
  });

  it('refuses a time limit that is none', () => {
    for (const timeoutMs of [0, -1, Number.NaN]) expect(() => notifierWith({ timeoutMs })).toThrow(OptionError);
  });
});
