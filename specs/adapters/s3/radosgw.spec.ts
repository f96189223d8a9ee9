import { randomUUID } from 'node:crypto';
import { firstValueFrom } from 'rxjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { s3RegistryStore } from '../../../lib/adapters/s3/s3RegistryStore.ts';
import type { RegistryStore } from '../../../lib/contracts/registryStore.ts';
import { registryStoreLaws } from '../../../lib/testing/registryStoreLaws.ts';
import { snapshotOf } from '../../../lib/testing/registryStoreProbes.ts';
import { startRadosgw, withoutRadosgw, type TestRadosgw } from '../../support/radosgw.ts';

describe.skipIf(withoutRadosgw())('s3RegistryStore on radosgw', () => {
  let gateway: TestRadosgw | undefined;
  beforeAll(async () => {
    gateway = await startRadosgw();
  }, 120_000);
  afterAll(() => gateway?.stop());

  const storeOn = (key: string, etag: 'bare' | 'quoted' = 'bare', bucket = 'observer') =>
    s3RegistryStore({ ...gateway!, bucket, key, etag, credentials: { kind: 'hmac', ...gateway! } });
  const load = (store: RegistryStore): Promise<any> =>
    firstValueFrom(store.load()).catch((failure: unknown) => failure);
  const idsOf = (loaded: any) => loaded.snapshot.registrations.map(({ id }: { readonly id: string }) => id) as string[];
  const place = () => {
    const key = randomUUID();
    return { open: () => storeOn(key) };
  };

  for (const law of registryStoreLaws(place)) it(law.name, law.check);

  it('D10 is found out to want ETags without quotes', async () => {
    expect(await load(storeOn('quoted', 'quoted'))).toMatchObject({
      name: 'RefusedError',
      message: expect.stringContaining("set etag to 'bare'"),
    });
  });

  it('is refused to somebody with another key', async () => {
    const credentials = { kind: 'hmac', accessKeyId: 'specs', secretAccessKey: 'guessed' } as const;
    const store = s3RegistryStore({ ...gateway!, bucket: 'observer', etag: 'bare', credentials });
    expect(await load(store)).toMatchObject({ name: 'RefusedError', status: 403 });
  });

  it('D8 falls back on the state before', async () => {
    const store = storeOn('before');
    let revision: string | undefined;
    for (const id of ['a', 'b']) revision = await firstValueFrom(store.save(snapshotOf(id), revision));
    const copied = await load(storeOn('before.previous'));
    expect(idsOf(copied)).toEqual(['a']);
  });

  it('D10 twenty writers at once lose no acknowledged change', async () => {
    const stores = Array.from({ length: 20 }, () => storeOn('race'));
    await Promise.all(stores.map(load));
    const acknowledged: string[] = [];
    await Promise.all(
      stores.map(async (store, i) => {
        for (let tries = 0; tries < 60; tries++) {
          const found = await load(store);
          if (found instanceof Error) continue;
          const snapshot = snapshotOf(...idsOf(found), String(i));
          const saved = await firstValueFrom(store.save(snapshot, found.revision)).catch(() => undefined);
          if (saved === undefined) continue;
          acknowledged.push(String(i));
          return;
        }
      }),
    );
    const kept = idsOf(await load(storeOn('race')));
    expect(acknowledged.filter((id) => !kept.includes(id))).toEqual([]);
    expect(acknowledged.length).toBeGreaterThan(10);
  });
});
