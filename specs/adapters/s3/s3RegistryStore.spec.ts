import fc from 'fast-check';
import { firstValueFrom } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import { s3RegistryStore, type S3RegistryStoreOptions } from '../../../lib/adapters/s3/s3RegistryStore.ts';
import type { RegistryStore } from '../../../lib/contracts/registryStore.ts';
import { registryStoreLaws } from '../../../lib/testing/registryStoreLaws.ts';
import { snapshotOf } from '../../../lib/testing/registryStoreProbes.ts';
import { OptionError } from '../../../operators/errors.ts';
import { fakeCodeEngine } from '../../support/fakeCodeEngine.ts';
import { fakeObjectStore, type FakeObjectStore, type StoreFault } from '../../support/fakeObjectStore.ts';
import { runs } from '../../support/seed.ts';

const credentials = { kind: 'hmac', accessKeyId: 'AKID', secretAccessKey: 'hunter2' } as const;
const OBJECT = 'bucket/rxfan/registry';

const storeOn = ({ endpoint }: FakeObjectStore, options: Partial<S3RegistryStoreOptions> = {}) =>
  s3RegistryStore({ endpoint, bucket: 'bucket', credentials, timeoutMs: 5_000, ...options });
const load = (store: RegistryStore): Promise<any> => firstValueFrom(store.load()).catch((failure: unknown) => failure);
const save = (store: RegistryStore, ids: readonly string[], revision?: string): Promise<any> =>
  firstValueFrom(store.save(snapshotOf(...ids), revision)).catch((failure: unknown) => failure);
const idsOf = (loaded: any) => loaded.snapshot.registrations.map(({ id }: { readonly id: string }) => id) as string[];

/** One fault, for the first call that it is for. */
function once(fake: FakeObjectStore, fault: StoreFault, call = `PUT ${OBJECT}`): void {
  let done = false;
  fake.fault = (found) => {
    if (done || found !== call) return undefined;
    done = true;
    return fault;
  };
}

describe('s3RegistryStore', () => {
  for (const etag of ['quoted', 'bare'] as const) {
    const place = async () => {
      const fake = await fakeObjectStore({ bareEtags: etag === 'bare' });
      return { open: () => storeOn(fake, { etag }) };
    };
    for (const law of registryStoreLaws(place)) it(`${etag} ETags: ${law.name}`, law.check);
  }

  it('makes the bucket where there is none, and leaves nothing but the object', async () => {
    const fake = await fakeObjectStore();
    expect(await load(storeOn(fake))).toEqual({ snapshot: { registrations: [], tombstones: [] }, revision: undefined });
    expect([...fake.buckets]).toEqual(['bucket']);
    await save(storeOn(fake), ['a']);
    expect([...fake.objects.keys()]).toEqual([OBJECT]);
    expect(fake.calls.filter((call) => call === 'PUT bucket')).toHaveLength(1);
  });

  it('signs by HMAC', async () => {
    const fake = await fakeObjectStore({ authorization: 'AWS4-HMAC-SHA256 Credential=AKID/' });
    expect(await save(storeOn(fake), ['a'])).toMatch(/^[0-9a-f]{32}$/);
  });

  it('sends a token of IBM Cloud, asked for once, and where buckets are made in', async () => {
    const iam = await fakeCodeEngine({});
    const fake = await fakeObjectStore({ authorization: 'Bearer ' });
    const authUrl = `${iam.authUrl}/identity/token`;
    const store = storeOn(fake, {
      credentials: { kind: 'iam', apikey: iam.apikey, authUrl, resourceInstanceId: 'crn:1' },
    });
    expect(await save(store, ['a'])).toMatch(/^[0-9a-f]{32}$/);
    expect(idsOf(await load(store))).toEqual(['a']);
    expect(fake.headers['ibm-service-instance-id']).toBe('crn:1');
    expect(iam.calls.get('token')).toBe(1);
  });

  it.each([
    ['a store that ignores conditions', { ignoresConditions: true }, {}, 'ignores'],
    ['one that wants ETags without quotes', { bareEtags: true }, {}, "set etag to 'bare'"],
    ['one that wants them with quotes', {}, { etag: 'bare' }, "set etag to 'quoted'"],
  ] as const)('D10 refuses %s, and writes nothing', async (_, kind, options, reason) => {
    const fake = await fakeObjectStore(kind);
    const store = storeOn(fake, options);
    for (const failure of [await load(store), await save(store, ['a'])])
      expect(failure).toMatchObject({ name: 'RefusedError', message: expect.stringContaining(reason) });
    expect([...fake.objects.keys()]).toEqual([]);
  });

  it('tries a store out once, and again when that failed', async () => {
    const fake = await fakeObjectStore();
    const store = storeOn(fake);
    once(fake, 'refuse500', 'HEAD bucket');
    expect(await load(store)).toMatchObject({ name: 'UnreachableError' });
    await load(store);
    const before = fake.calls.length;
    await load(store);
    expect(fake.calls.slice(before)).toEqual([`GET ${OBJECT}`]);
  });

  describe('D9 tells nothing kept from what cannot be read', () => {
    it.each([
      ['refuse500', 'UnreachableError'],
      ['drop', 'UnreachableError'],
      ['cut', 'UnreachableError'],
      ['hang', 'UnreachableError'],
    ] as const)('%s', async (fault, name) => {
      const fake = await fakeObjectStore();
      await save(storeOn(fake), ['a']);
      const store = storeOn(fake, { timeoutMs: 400 });
      once(fake, fault, `GET ${OBJECT}`);
      expect(await load(store)).toMatchObject({ name });
      expect(idsOf(await load(store))).toEqual(['a']);
    });

    it('403, and shows no key', async () => {
      const fake = await fakeObjectStore({ authorization: 'Bearer somebody else' });
      const failure = await load(storeOn(fake));
      expect(failure).toMatchObject({ name: 'RefusedError', status: 403 });
      expect(JSON.stringify([String(failure), failure, failure.stack, String(failure.cause)])).not.toContain('hunter2');
    });

    it('an object that is larger than is read', async () => {
      const fake = await fakeObjectStore();
      await save(storeOn(fake), ['a']);
      expect(await load(storeOn(fake, { maxBytes: 100 }))).toMatchObject({ name: 'TooLargeError' });
      expect(await save(storeOn(fake, { maxBytes: 100 }), ['a'])).toMatchObject({ name: 'TooLargeError' });
    });

    it('nobody there', async () => {
      const store = s3RegistryStore({ endpoint: 'http://127.0.0.1:1', bucket: 'b', credentials });
      expect(await load(store)).toMatchObject({ name: 'UnreachableError' });
    });
  });

  describe('D8 an object that is not as it was written', () => {
    it('is reported, the one before it is taken, and the next save replaces it', async () => {
      const fake = await fakeObjectStore();
      const store = storeOn(fake);
      const first = await save(store, ['a']);
      const second = await save(store, ['a', 'b'], first);
      await save(store, ['a', 'b', 'c'], second);
      fake.objects.set(OBJECT, fake.objects.get(OBJECT)!.subarray(0, -20));

      const reader = storeOn(fake);
      const found = await load(reader);
      expect(idsOf(found)).toEqual(['a', 'b']);
      expect(found.damage).toMatchObject([{ name: 'FormatError' }]);
      expect(await save(reader, ['a', 'b', 'd'], found.revision)).toMatch(/^[0-9a-f]{32}$/);
      expect(await load(storeOn(fake))).not.toHaveProperty('damage');
      fake.objects.set(OBJECT, Buffer.from('damaged again'));
      expect(idsOf(await load(storeOn(fake)))).toEqual(['a', 'b']); // what was damaged never took its place
    });

    it('is an error when there is none before it, and not an empty start', async () => {
      const fake = await fakeObjectStore();
      await save(storeOn(fake), ['a']);
      for (const content of ['', '{}', 'x'.repeat(1_000)]) {
        fake.objects.set(OBJECT, Buffer.from(content));
        expect(await load(storeOn(fake))).toMatchObject({ name: 'UnreachableError', cause: { name: 'FormatError' } });
      }
    });

    it('is seen whichever bit is another one, and wherever it was cut', async () => {
      const fake = await fakeObjectStore();
      await save(storeOn(fake), ['a', 'b']);
      const good = fake.objects.get(OBJECT)!;
      const reader = storeOn(fake);
      await fc.assert(
        fc.asyncProperty(fc.nat(good.byteLength * 8 - 1), fc.boolean(), async (bit, isCut) => {
          const bad = Buffer.from(good);
          bad[bit >> 3]! ^= 1 << (bit & 7);
          fake.objects.set(OBJECT, isCut ? good.subarray(0, bit >> 3) : bad);
          expect(await load(reader)).toMatchObject({ name: 'UnreachableError' });
        }),
        runs(100),
      );
    });

    it('is found after a put that was torn', async () => {
      const fake = await fakeObjectStore();
      const store = storeOn(fake);
      let revision = await save(store, ['a']);
      revision = await save(store, ['a', 'b'], revision);
      once(fake, 'tear');
      await save(store, ['a', 'b', 'c'], revision);
      expect(await load(storeOn(fake))).toMatchObject({ damage: [{ name: 'FormatError' }] });
      expect(idsOf(await load(storeOn(fake)))).toEqual(['a', 'b']);
    });

    it('saves where nothing can be copied', async () => {
      const fake = await fakeObjectStore();
      const store = storeOn(fake);
      const first = await save(store, ['a']);
      fake.fault = (call) => (call === `PUT ${OBJECT}.previous` ? 'refuse500' : undefined);
      await save(store, ['b'], first);
      expect(idsOf(await load(store))).toEqual(['b']);
    });
  });

  describe('a save whose end is not known', () => {
    it.each(['accept500', 'lose', 'refuse500', 'drop', 'slow'] as const)(
      '%s: is looked for, and done once',
      async (fault) => {
        const fake = await fakeObjectStore();
        const store = storeOn(fake);
        const first = await save(store, ['a']);
        once(fake, fault);
        const second = await save(store, ['b'], first);
        expect(second).toMatch(/^[0-9a-f]{32}$/);
        expect(await load(store)).toMatchObject({ revision: second });
        expect(idsOf(await load(storeOn(fake)))).toEqual(['b']);
        const puts = fake.calls.filter((call) => call === `PUT ${OBJECT}`).length - 1;
        expect(puts).toBe(fault === 'refuse500' || fault === 'drop' ? 2 : 1);
      },
    );

    it('is an error when it cannot be looked for, and the state is one of the two', async () => {
      const fake = await fakeObjectStore();
      const store = storeOn(fake);
      const first = await save(store, ['a']);
      fake.fault = (call) => (call === `PUT ${OBJECT}` ? 'lose' : call === `GET ${OBJECT}` ? 'refuse500' : undefined);
      expect(await save(store, ['b'], first)).toMatchObject({
        name: 'UnreachableError',
        message: expect.stringContaining('not known'),
      });
      fake.fault = () => undefined;
      expect(idsOf(await load(store))).toEqual(['b']);
    });

    it('is a conflict when another writer came between', async () => {
      const fake = await fakeObjectStore();
      const [store, other] = [storeOn(fake), storeOn(fake)];
      const first = await save(store, ['a']);
      await load(other);
      let isOver = false;
      fake.fault = (call) => {
        if (isOver || call !== `PUT ${OBJECT}`) return undefined;
        isOver = true;
        return 'lose';
      };
      await save(store, ['b'], first);
      expect(await save(other, ['x'], first)).toMatchObject({ name: 'StoreConflictError' });
    });

    it('is given up after a few tries', async () => {
      const fake = await fakeObjectStore();
      const store = storeOn(fake);
      await load(store);
      fake.fault = (call) => (call === `PUT ${OBJECT}` ? 'refuse500' : undefined);
      expect(await save(store, ['a'])).toMatchObject({ name: 'UnreachableError' });
      expect(fake.calls.filter((call) => call === `PUT ${OBJECT}`)).toHaveLength(4);
    });

    it('ends in time when the store hangs', async () => {
      const fake = await fakeObjectStore();
      const store = storeOn(fake, { timeoutMs: 300 });
      await load(store);
      once(fake, 'hang');
      expect(await save(store, ['a'])).toMatchObject({ name: 'UnreachableError' });
    });
  });

  it('D10 412 and 409 are conflicts', async () => {
    const fake = await fakeObjectStore();
    const store = storeOn(fake);
    const first = await save(store, ['a']);
    once(fake, 'conflict409');
    expect(await save(store, ['b'], first)).toMatchObject({ name: 'StoreConflictError', code: 'store_conflict' });
    expect(await save(store, ['b'])).toMatchObject({ name: 'StoreConflictError' });
    expect(await save(store, ['b'], 'gone')).toMatchObject({ name: 'StoreConflictError' });
    fake.objects.delete(OBJECT);
    expect(await save(store, ['b'], first)).toMatchObject({ name: 'StoreConflictError' });
  });

  it('D10 writers that reload and merge lose no acknowledged change, whatever goes wrong', async () => {
    const faults: readonly (StoreFault | undefined)[] = [
      ...(['refuse500', 'accept500', 'lose', 'drop', 'slow', 'conflict409', 'cut'] as const),
      ...Array.from({ length: 9 }, () => undefined),
    ];
    await fc.assert(
      fc.asyncProperty(fc.infiniteStream(fc.constantFrom(...faults)), async (script) => {
        const fake = await fakeObjectStore();
        const stores = [storeOn(fake), storeOn(fake), storeOn(fake)];
        for (const store of stores) await load(store);
        fake.fault = () => script.next().value as StoreFault | undefined;
        const acknowledged: string[] = [];
        const add = async (store: RegistryStore, id: string) => {
          for (let tries = 0; tries < 8; tries++) {
            const found = await load(store);
            if (found instanceof Error) continue;
            const saved = await save(store, [...new Set([...idsOf(found), id])], found.revision);
            if (saved instanceof Error) continue;
            acknowledged.push(id);
            return;
          }
        };
        await Promise.all(
          stores.map(async (store, i) => {
            for (let n = 0; n < 4; n++) await add(store, `${i}-${n}`);
          }),
        );
        fake.fault = () => undefined;
        const kept = idsOf(await load(storeOn(fake)));
        expect(acknowledged.filter((id) => !kept.includes(id))).toEqual([]);
      }),
      runs(6),
    );
  });

  it('X3 gives up when it is unsubscribed from', async () => {
    const fake = await fakeObjectStore();
    const store = storeOn(fake);
    await load(store);
    const before = process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;
    once(fake, 'hang', `GET ${OBJECT}`);
    const calls = fake.calls.length;
    const subscription = store.load().subscribe();
    await vi.waitFor(() => expect(fake.calls.length).toBe(calls + 1));
    subscription.unsubscribe();
    await vi.waitFor(() => {
      const sockets = process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;
      expect(sockets).toBeLessThanOrEqual(before);
    });
  });

  it('refuses options that are none', () => {
    const good = { endpoint: 's3.example', bucket: 'b', credentials };
    expect(s3RegistryStore(good).name).toBe('s3:b/rxfan/registry');
    for (const options of [{ bucket: '' }, { key: '' }, { maxBytes: 0 }, { timeoutMs: 0 }, { endpoint: 'http://' }])
      expect(() => s3RegistryStore({ ...good, ...options })).toThrow(OptionError);
  });
});
