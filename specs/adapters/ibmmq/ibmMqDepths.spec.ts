import { firstValueFrom } from 'rxjs';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { ibmMqDepths } from '../../../lib/adapters/ibmmq/ibmMqDepths.ts';
import { ibmMqscDepths } from '../../../lib/adapters/ibmmq/ibmMqscDepths.ts';
import { isOfApplications } from '../../../lib/adapters/ibmmq/isOfApplications.ts';
import type { IbmMqOptions } from '../../../lib/adapters/ibmmq/managerOptions.ts';
import { OptionError } from '../../../operators/errors.ts';
import { selfSigned } from '../../support/certificate.ts';
import { fakeIbmMq } from '../../support/fakeIbmMq.ts';

const QUEUES = [
  { name: 'DEV.QUEUE.1', depth: 3 },
  { name: 'DEV.QUEUE.2', depth: 0 },
  { name: 'ECOSYSTEM.ORDERS', depth: 1 },
  { name: 'SYSTEM.ADMIN.COMMAND.QUEUE', depth: 9 },
  { name: 'AMQ.1', depth: 9, definition: 'permanentDynamic' },
  { name: 'AMQ.2', depth: 9, definition: 'temporaryDynamic' },
  { name: 'MODEL.1', type: 'model' },
  { name: 'ALIAS.1', type: 'alias' },
  { name: '__proto__', depth: 2 },
];
const access = { user: 'mqreader', password: 'secret' };

describe.each([
  ['version 1', ibmMqDepths],
  ['MQSC', ibmMqscDepths],
] as const)('depths of IBM MQ by %s', (_, create) => {
  const depthsOf = (options: IbmMqOptions): Promise<any> =>
    firstValueFrom(create({ ...access, ...options }).depths(new Set())).catch((failure: unknown) => failure);

  it('are those of application queues with messages', async () => {
    const { url, calls } = await fakeIbmMq({ QM1: QUEUES });
    expect(create({ ...access, manager: 'QM1', url }).manager).toBe('QM1');
    expect(calls.size).toBe(0);
    expect([...(await depthsOf({ manager: 'QM1', url }))]).toEqual([
      ['DEV.QUEUE.1', 3],
      ['ECOSYSTEM.ORDERS', 1],
      ['__proto__', 2],
    ]);
    expect([...calls]).toEqual([['QM1', 1]]);
  });

  it('are none where there is no queue', async () => {
    const { url } = await fakeIbmMq({ QM1: [] });
    expect(await depthsOf({ manager: 'QM1', url })).toEqual(new Map());
  });

  it.each(['QM.1', 'A/B', 'A%B', '%2E', '...x'])(
    'B10 are asked of the manager %s, whose name is escaped',
    async (manager) => {
      const { url, targets } = await fakeIbmMq({ [manager]: QUEUES });
      expect((await depthsOf({ manager, url })).size).toBe(3);
      expect(targets[0]).toMatch(/\/qmgr\/[^/.]+\/(?:queue|mqsc)/);
    },
  );

  it('are asked below the path of a gateway as well', async () => {
    const { url, targets } = await fakeIbmMq({ QM1: QUEUES });
    await depthsOf({ manager: 'QM1', url: `${url}/gate/way/` });
    expect(targets[0]).toMatch(/^\/gate\/way\/ibmmq\/rest\//);
  });

  it.each(['', '.', '..', 'Q M', 'x'.repeat(49), 'QM1?x', 'QM\n1', 'ü'])('B10 refuse the manager %j', (manager) => {
    expect(() => create({ ...access, manager, url: 'http://mq.example' })).toThrow(OptionError);
  });

  it.each([
    ['a wrong password', { password: 'guess' }, 401],
    ['nobody', { user: undefined }, 401],
    ['an unknown manager', { manager: 'QM9' }, 404],
  ])('are refused for %s', async (_, options, status) => {
    const { url } = await fakeIbmMq({ QM1: QUEUES });
    const failure = await depthsOf({ manager: 'QM1', url, ...options });
    expect(failure).toMatchObject({ name: 'RefusedError', status });
    expect(JSON.stringify([String(failure), failure])).not.toMatch(/secret|guess/);
  });

  it.each([
    ['500', (response: any) => response.writeHead(500).end(), 'UnreachableError'],
    ['503', (response: any) => response.writeHead(503).end(), 'UnreachableError'],
    ['a reset', (response: any) => response.socket.resetAndDestroy(), 'UnreachableError'],
    [
      'an answer cut off',
      (response: any) => response.writeHead(200, { 'content-length': '99' }).end('{'),
      'UnreachableError',
    ],
    ['silence', () => {}, 'UnreachableError'],
    [
      'a redirect elsewhere',
      (response: any) => response.writeHead(302, { location: 'http://x.example/' }).end(),
      'RefusedError',
    ],
    ['no JSON', (response: any) => response.end('<html>'), 'DecodeError'],
    ['nothing', (response: any) => response.end(), 'DecodeError'],
    ['something else', (response: any) => response.end('{"queues":[]}'), 'DecodeError'],
    ['a list', (response: any) => response.end('[]'), 'DecodeError'],
    ['too much', (response: any) => response.end('x'.repeat(100_000)), 'DecodeError'],
    [
      'a large head',
      (response: any) => response.writeHead(200, { x: 'x'.repeat(20_000) }).end('{}'),
      'UnreachableError',
    ],
  ])('are never an empty success: %s', async (_, respond, name) => {
    const fake = await fakeIbmMq({ QM1: QUEUES });
    fake.respond = respond;
    expect(await depthsOf({ manager: 'QM1', url: fake.url, timeoutMs: 300, maxBytes: 50_000 })).toMatchObject({ name });
  });

  it('are of nobody who is not there', async () => {
    expect(await depthsOf({ manager: 'QM1', url: 'http://127.0.0.1:1' })).toMatchObject({ name: 'UnreachableError' });
  });

  it('X3 are given up when they are unsubscribed from', async () => {
    const fake = await fakeIbmMq({ QM1: QUEUES });
    let closed = false;
    fake.respond = (response) => response.on('close', () => (closed = true));
    const subscription = create({ ...access, manager: 'QM1', url: fake.url })
      .depths(new Set())
      .subscribe();
    await vi.waitFor(() => expect(fake.calls.size).toBe(1));
    subscription.unsubscribe();
    await vi.waitFor(() => expect(closed).toBe(true));
  });

  it('take a self-signed certificate of the one manager that it is allowed for', async () => {
    const certificate = selfSigned('DNS:somewhere.example');
    const { url } = await fakeIbmMq({ QM1: QUEUES }, { certificate });
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    onTestFinished(() => void vi.unstubAllEnvs());

    expect((await depthsOf({ manager: 'QM1', url, tls: { allowSelfSigned: true } })).size).toBe(3);
    expect(await depthsOf({ manager: 'QM1', url })).toMatchObject({ name: 'UnreachableError' });
    expect(await depthsOf({ manager: 'QM1', url, tls: { ca: certificate.cert } })).toMatchObject({
      message: expect.stringContaining('ERR_TLS_CERT_ALTNAME_INVALID'),
    });
  });

  it('take a certificate authority of their own', async () => {
    const certificate = selfSigned('IP:127.0.0.1');
    const { url } = await fakeIbmMq({ QM1: QUEUES }, { certificate });
    expect((await depthsOf({ manager: 'QM1', url, tls: { ca: certificate.cert } })).size).toBe(3);
  });
});

it('answers of IBM MQ with a depth that is none cannot be read', async () => {
  const fake = await fakeIbmMq({});
  for (const currentDepth of [-1, 1.5, '3', null, 2 ** 53]) {
    fake.respond = (response) => response.end(JSON.stringify({ queue: [{ name: 'Q', status: { currentDepth } }] }));
    const depths = firstValueFrom(ibmMqDepths({ manager: 'QM1', url: fake.url }).depths(new Set()));
    await expect(depths).rejects.toMatchObject({
      name: 'DecodeError',
      faults: [{ at: '/queue/0/status/currentDepth' }],
    });
  }
});

it('an MQSC command that failed is refused, with its reason', async () => {
  const fake = await fakeIbmMq({});
  const commandResponse = [{ completionCode: 2, reasonCode: 2035 }];
  fake.respond = (response) =>
    response.end(JSON.stringify({ overallCompletionCode: 2, overallReasonCode: 3008, commandResponse }));
  const depths = firstValueFrom(ibmMqscDepths({ manager: 'QM1', url: fake.url }).depths(new Set()));
  await expect(depths).rejects.toMatchObject({ name: 'RefusedError', message: expect.stringContaining('2035') });
});

it.each([
  [{}, true],
  [{ depth: 0 }, false],
  [{ name: 'SYSTEM.X' }, false],
  [{ name: 'MY.SYSTEM.X' }, true],
  [{ type: 'model' }, false],
  [{ definition: 'permanentDynamic' }, false],
  [{ definition: 'tempdyn' }, false],
  [{ definition: 'predefined' }, true],
])('a queue of IBM MQ with %j is told of: %s', (facts, expected) => {
  expect(isOfApplications({ name: 'Q', type: 'local', definition: '', depth: 1, ...facts })).toBe(expected);
});
