import { networkInterfaces } from 'node:os';
import { describe, expect, it, vi } from 'vitest';
import { createTargetGuard, type TargetGuardOptions } from '../../../lib/adapters/guard/createTargetGuard.ts';
import { dial } from '../../../lib/adapters/guard/dial.ts';
import { httpNotifier } from '../../../lib/adapters/http/httpNotifier.ts';
import { OptionError } from '../../../operators/errors.ts';
import { endpointZoo } from '../../support/endpointZoo.ts';
import { notificationFor, told } from '../../support/notification.ts';

const PUBLIC = '93.184.216.34';

/** Why a URL cannot be registered; undefined: it can. */
function ruleOf(target: string, options: TargetGuardOptions = {}): string | undefined {
  try {
    createTargetGuard(options).checkTarget(target);
    return undefined;
  } catch (failure) {
    expect(failure).toMatchObject({ name: 'BlockedUrlError', code: 'blocked_url' });
    return (failure as { readonly rule: string }).rule;
  }
}

/** Tries to tell a target, with every name at `addresses`, and every connection going to the canary. */
async function attempt(target: string, addresses: readonly string[], options: TargetGuardOptions = {}) {
  const zoo = await endpointZoo();
  const asked: string[] = [];
  const connected: string[] = [];
  const resolve = (host: string) => {
    asked.push(host);
    return Promise.resolve(addresses);
  };
  const notifier = httpNotifier({
    guard: createTargetGuard({ allowedPorts: 'any', resolve, ...options }),
    dial: (destination) => {
      connected.push(...destination.addresses);
      return dial({ ...destination, addresses: ['127.0.0.1'], port: zoo.canary.port });
    },
  });
  const outcome = await told(notifier, notificationFor(target));
  return { outcome, asked, connected, canary: zoo.canary.hits() };
}

const S1 = [
  ...['127.0.0.1', '127.1', '2130706433', '0x7f000001', '0177.0.0.1', '0', '①②⑦.⓪.⓪.①', '%31%32%37.0.0.1'],
  ...['127。0。0。1', '127.0.0.1.', '0x7f.1', '127.0.0.01', '017700000001'],
];
const S2 = [
  ...['[::1]', '[::]', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[::127.0.0.1]', '[64:ff9b::7f00:1]', '[64:ff9b:1::1]'],
  ...['[2002:7f00:1::]', '[2001:0:4136:e378:8000:63bf:3fff:fdd2]', '[fe80::1]', '[fd00::1]', '[ff02::1]', '[5f00::1]'],
  ...['[100::1]', '[2001:db8::1]', '[3fff::1]', '[0:0:0:0:0:0:0:1]', '[fe80::1%25eth0]', '[fe80::1%eth0]'],
];
const S3 = [
  '0.0.0.0',
  '10.0.0.1',
  '100.64.0.1',
  '169.254.169.254',
  '172.16.0.1',
  '192.168.1.1',
  '224.0.0.1',
  '255.255.255.255',
];
const S4 = [
  ...['localhost', 'LOCALHOST', 'localhost.', 'foo.localhost', 'intranet', 'redis', 'metadata.google.internal'],
  ...['printer.local', 'nas.home.arpa', 'db.corp', 'x.lan', 'localhost.localdomain'],
];

describe('createTargetGuard', () => {
  it.each([
    ...[
      'https://hook.example/',
      'http://hook.example',
      'https://hook.example:8443/a/b?c=d',
      'http://hook.example:8080/',
    ],
    ...['https://Hook.Example/', 'http://93.184.216.34/', 'https://[2606:4700::1111]/', 'https://a_b.example/%20?@'],
    ...['https://xn--bcher-kva.example/', 'https://hook.example/a@b'],
  ])('lets %s pass', (target) => {
    expect(ruleOf(target)).toBeUndefined();
  });

  it.each([...S1, ...S2, ...S3, ...S4])(
    'S1 S2 S3 S4 refuses http://%s, at registration and when it is told',
    async (host) => {
      for (const target of [`http://${host}`, `http://${host}/x`, `https://${host}:8443/`]) {
        expect(['form', 'host', 'address']).toContain(ruleOf(target));
        expect(await attempt(target, ['127.0.0.1'])).toMatchObject({
          outcome: { name: 'NotifyError', kind: 'blocked' },
          connected: [],
          canary: 0,
        });
      }
    },
  );

  it.each([
    ['http://a:b@hook.example/', 'userInfo'],
    ['http://127.0.0.1:80@hook.example/', 'userInfo'],
    ['http://hook.example:80@127.0.0.1/', 'userInfo'],
    ['http://@hook.example/', 'userInfo'],
    ['http:\\\\hook.example\\', 'form'],
    ['http://hook.example\\@127.0.0.1/', 'form'],
    ['http://hook.example/\t', 'form'],
    ['http://hook\n.example/', 'form'],
    [' http://hook.example/', 'form'],
    ['http://hook.example/ü', 'form'],
    ['http://bücher.example/', 'form'],
    ['http:hook.example', 'form'],
    ['http:/hook.example', 'form'],
    ['http:///hook.example', 'form'],
    ['http://', 'form'],
    ['http://hook.example:/', 'form'],
    ['http://hook.example:0443/', 'form'],
    ['http://hook.example./', 'form'],
    ['http://hook..example/', 'form'],
    ['http://hook.example:80:80/', 'form'],
    [`http://hook.example/${'x'.repeat(2_048)}`, 'form'],
    ['file:///etc/passwd', 'scheme'],
    ['gopher://hook.example/', 'scheme'],
    ['ftp://hook.example/', 'scheme'],
    ['javascript:alert(1)', 'scheme'],
    ['data:,x', 'scheme'],
    ['httpx://hook.example/', 'scheme'],
    ['HTTP://hook.example/', 'scheme'],
    ['Https://hook.example/', 'scheme'],
    ['//hook.example/', 'scheme'],
    ['://hook.example/', 'scheme'],
    ['hook.example', 'scheme'],
    ['', 'scheme'],
    ['http://hook.example:22/', 'port'],
    ['http://hook.example:25/', 'port'],
    ['http://hook.example:6379/', 'port'],
    ['http://hook.example:5672/', 'port'],
    ['http://hook.example:0/', 'port'],
    ['http://hook.example:65536/', 'port'],
  ])('S5 S6 S7 refuses %j: %s', async (target, rule) => {
    expect(ruleOf(target)).toBe(rule);
    const { outcome, connected, canary } = await attempt(target, [PUBLIC], { allowedPorts: [443, 80, 8080, 8443] });
    expect({ kind: outcome.kind, connected, canary }).toEqual({ kind: 'blocked', connected: [], canary: 0 });
  });

  it('S7 refuses what is no port, whichever are allowed', () => {
    for (const port of [0, 65_536, 99_999])
      expect(ruleOf(`http://hook.example:${port}/`, { allowedPorts: 'any' })).toBe('port');
    expect(ruleOf('http://hook.example:3000/', { allowedPorts: 'any' })).toBeUndefined();
    expect(ruleOf('http://hook.example:80/', { allowedPorts: [443] })).toBe('port');
    expect(ruleOf('http://hook.example/', { allowedSchemes: ['https'] })).toBe('scheme');
  });

  it('S4 lets a name pass that it is told, and checks its address all the same', async () => {
    const options = { allowedHosts: ['App1'], allowedNetworks: ['10.0.0.0/8'] };
    expect(ruleOf('http://app1/', options)).toBeUndefined();
    expect(ruleOf('http://app2/', options)).toBe('host');
    expect(await attempt('http://app1/', ['127.0.0.1'], options)).toMatchObject({
      outcome: { kind: 'blocked' },
      connected: [],
    });
    expect(await attempt('http://app1/', ['10.0.0.7'], options)).toMatchObject({ connected: ['10.0.0.7'] });
  });

  it.each([
    ['a private address', ['10.0.0.1']],
    ['the loopback', ['127.0.0.1']],
    ['a mapped loopback', ['::ffff:127.0.0.1']],
    ['a zone', ['fe80::1%lo']],
    ['nothing', []],
    ['what is no address', ['localhost', 'hook.example']],
  ])('S8 refuses a name that resolves to %s', async (_, addresses) => {
    expect(await attempt('http://hook.example/', addresses)).toMatchObject({
      outcome: {
        kind: 'blocked',
        cause: { name: 'BlockedAddressError', code: 'blocked_address', host: 'hook.example' },
      },
      asked: ['hook.example'],
      connected: [],
      canary: 0,
    });
  });

  it('S8 connects to nothing but the public ones of mixed addresses', async () => {
    const { connected } = await attempt('http://hook.example/', [
      '127.0.0.1',
      PUBLIC,
      '::1',
      '2606:4700::1111',
      '10.0.0.1',
    ]);
    expect(connected).toEqual([PUBLIC, '2606:4700::1111']);
  });

  it('N13 S9 resolves once per attempt, literal addresses too, and connects to what it has checked', async () => {
    const answers = [[PUBLIC], ['127.0.0.1'], ['1.1.1.1']];
    const asked: string[] = [];
    const connected: string[] = [];
    const zoo = await endpointZoo();
    const guard = createTargetGuard({
      resolve: (host) => {
        asked.push(host);
        return Promise.resolve(answers[(asked.length - 1) % 3]!);
      },
    });
    const notifier = httpNotifier({
      guard,
      dial: (destination) => {
        connected.push(...destination.addresses);
        return dial({ ...destination, addresses: ['127.0.0.1'], port: zoo.port });
      },
    });
    const tell = (target: string) => told(notifier, notificationFor(target));

    expect(await tell('http://hook.example/ok')).toBe('told');
    expect(await tell('http://hook.example/ok')).toMatchObject({ kind: 'blocked' }); // S9: it has moved to the loopback
    expect(await tell('http://hook.example/ok')).toBe('told'); // S10: no connection is used again
    expect(await tell('http://8.8.8.8/ok')).toBe('told');
    expect(await tell('http://[2606:4700::1111]/ok')).toMatchObject({ kind: 'blocked' });

    expect(asked).toEqual(['hook.example', 'hook.example', 'hook.example', '8.8.8.8', '2606:4700::1111']);
    expect(connected).toEqual([PUBLIC, '1.1.1.1', PUBLIC]);
    expect(zoo.requests).toHaveLength(3);
    expect(zoo.requests[0]).toMatch(/^POST \/ok HTTP\/1.1\r\n/);
    expect(zoo.requests[0]).toMatch(/^host: hook\.example\r$/m);
    expect(zoo.canary.hits()).toBe(0);
  });

  it('S9 pins the addresses when there are several, so that the name is not looked up again', async () => {
    const zoo = await endpointZoo();
    const guard = createTargetGuard({
      allowedNetworks: ['127.0.0.0/8'],
      allowedPorts: 'any',
      resolve: () => Promise.resolve(['127.0.0.1', '127.0.0.2']),
    });
    const target = `http://does-not-exist.example:${zoo.port}/ok`;
    expect(await told(httpNotifier({ guard }), notificationFor(target))).toBe('told');
    expect(zoo.requests[0]).toContain(`host: does-not-exist.example:${zoo.port}`);
  });

  it('S12 takes no proxy from the environment', async () => {
    const zoo = await endpointZoo();
    for (const name of ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'ALL_PROXY']) vi.stubEnv(name, zoo.canary.url);
    vi.stubEnv('NODE_USE_ENV_PROXY', '1');
    const guard = createTargetGuard({ allowedNetworks: ['127.0.0.0/8'], allowedPorts: 'any' });
    const outcome = await told(httpNotifier({ guard }), notificationFor(`${zoo.url}/ok`));
    vi.unstubAllEnvs();
    expect(outcome).toBe('told');
    expect(zoo.canary.hits()).toBe(0);
  });

  it('S14 refuses what leads back to the program, by its name and by its address, but for paths that are open', async () => {
    const options: TargetGuardOptions = {
      allowedNetworks: ['0.0.0.0/0', '::/0'],
      allowedHosts: ['localhost'],
      allowedPorts: 'any',
      own: () => ({ ports: [8080], hosts: ['observer.example'], openPaths: ['/notify'] }),
    };
    const [interface4] = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
    for (const host of ['127.0.0.1', '127.9.9.9', '0.0.0.0', '[::1]', '[::]', interface4!.address])
      expect(
        ruleOf(`http://${host.includes(':') && !host.startsWith('[') ? `[${host}]` : host}:8080/register`, options),
      ).toBe('own');
    expect(ruleOf('https://observer.example/admin/flush', options)).toBe('own');
    expect(ruleOf('https://observer.example:8443/register', options)).toBe('own');

    expect(ruleOf('http://127.0.0.1:8080/notify', options)).toBeUndefined();
    expect(ruleOf('http://127.0.0.1:8080/notify/../register', options)).toBe('own');
    expect(ruleOf('http://127.0.0.1:8080/%6eotify', options)).toBe('own');
    expect(ruleOf('http://127.0.0.1:8081/register', options)).toBeUndefined();

    expect(await attempt('http://hook.example:8080/register', ['127.0.0.1'], options)).toMatchObject({
      outcome: { kind: 'blocked' },
      connected: [],
    });
    expect(await attempt('http://localhost:8080/notify', ['127.0.0.1'], options)).toMatchObject({
      connected: ['127.0.0.1'],
    });
  });

  it('S15 names the host as the bulkhead, so that no more than so many are told at once', () => {
    const { bulkheadOf } = httpNotifier({ guard: createTargetGuard() });
    const targets = [
      'http://victim.example/1',
      'https://Victim.example:8443/2?x',
      'http://other.example/',
      'HTTP://a.example',
    ];
    expect(targets.map(bulkheadOf)).toEqual(['victim.example', 'victim.example', 'other.example', 'a.example']);
    expect(['my-job', 'ftp://x', 'httpjob'].map(bulkheadOf)).toEqual([undefined, undefined, undefined]);
    expect(bulkheadOf('http://')).toBe('');
  });

  it('H8 shows no query and no user of a target, and nothing that steers a terminal', () => {
    const failureOf = (target: string) => {
      try {
        return createTargetGuard().checkTarget(target).href;
      } catch (failure) {
        return String(failure);
      }
    };
    const texts = [
      'http://u:hunter2@x.example/?k=hunter2#hunter2',
      'http://x\n\u001b[31m\u202e/?hunter2',
      `http://${'x'.repeat(9_999)}`,
    ];
    for (const text of texts.map(failureOf)) {
      expect(text).not.toContain('hunter2');
      // eslint-disable-next-line no-control-regex -- they are what this is about
      expect(text).not.toMatch(/[\u0000-\u001f\u202e]/);
      expect(text.length).toBeLessThan(500);
    }
  });

  it('refuses options that let nothing pass', () => {
    expect(() => createTargetGuard({ allowedSchemes: [] })).toThrow(OptionError);
    expect(() => createTargetGuard({ allowedNetworks: ['localhost'] })).toThrow(OptionError);
  });

  it('rejects with the error of the resolver', async () => {
    const guard = createTargetGuard({
      resolve: () => Promise.reject(Object.assign(new Error('x'), { code: 'ENOTFOUND' })),
    });
    expect(await told(httpNotifier({ guard }), notificationFor('http://hook.example/'))).toMatchObject({
      kind: 'connection',
      message: 'http://hook.example/ was not told: ENOTFOUND',
    });
  });
});
