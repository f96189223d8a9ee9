import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readObserverSettings } from '../../lib/systems/config/observer/readObserverSettings.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const FOLDER = 'docs/deploy';
const { services, volumes, secrets } = parse(readFileSync(join(FOLDER, 'observer.compose.yaml'), 'utf8'), {
  strict: true,
});
const { observer } = services;
const targetOf = (secret: string | { target: string }) => (typeof secret === 'string' ? secret : secret.target);
const sourceOf = (secret: string | { source: string }) => (typeof secret === 'string' ? secret : secret.source);

describe('docs/deploy/observer.compose.yaml', () => {
  it('has settings that can be used, with its secrets from files that it names', async () => {
    const folder = temporaryFolder({
      'env.json': '{"MQ_ENDPOINTS":[{"QMGR":"QM1","MQ_REST_HOST":"mq.example","ADMIN_USER":"a","ADMIN_PASSWORD":"b"}]}',
      observer_api_keys: 'team-a:0123456789abcdef0123456789abcdef\n',
      observer_admin_token: '0123456789abcdef0123456789abcdef\n',
    });
    const env = Object.fromEntries(
      Object.entries<string>(observer.environment).map(([key, value]) => [key, value.replace('/run/secrets', folder)]),
    );

    const { managers, storage, access } = await readObserverSettings(env);

    expect(managers).toMatchObject([{ kind: 'ibmmq', manager: 'QM1' }]);
    expect(storage).toMatchObject({ kind: 'file', path: '/srv/registrations' });
    expect([access.adminToken !== undefined, access.keys?.size, access.open]).toEqual([true, 1, false]);
    expect(observer.secrets.map(targetOf)).toEqual(
      Object.values<string>(observer.environment).flatMap((value) => /^\/run\/secrets\/(.+)$/.exec(value)?.[1] ?? []),
    );
    for (const secret of observer.secrets) expect(secrets).toHaveProperty([sourceOf(secret)]);
  });

  it('keeps registrations in a volume that its user may write, and has time to stop', () => {
    expect(observer.volumes).toEqual(['registrations:/srv/registrations']);
    expect(volumes).toHaveProperty('registrations');
    expect(readFileSync(join(FOLDER, 'Dockerfile'), 'utf8')).toMatch(/install -d -o node .*\/srv\/registrations\n/);
    expect(Number.parseInt(observer.stop_grace_period, 10)).toBeGreaterThan(10);
    expect(observer.ports).toEqual(['127.0.0.1:8080:8080']);
  });
});
