import { HTTP } from 'cloudevents';
import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import {
  cloudEventsNotifier,
  type CloudEventsNotifierOptions,
} from '../../../lib/adapters/cloudevents/cloudEventsNotifier.ts';
import { createTargetGuard } from '../../../lib/adapters/guard/createTargetGuard.ts';
import { endpointZoo } from '../../support/endpointZoo.ts';
import { notificationFor, told } from '../../support/notification.ts';
import { runs } from '../../support/seed.ts';
import { requestParts } from '../../support/requestParts.ts';

const guard = createTargetGuard({ allowedNetworks: ['127.0.0.0/8'], allowedPorts: 'any' });
const notifierWith = (options: Partial<CloudEventsNotifierOptions>) => cloudEventsNotifier({ guard, ...options });
const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

describe.each(['binary', 'structured'] as const)('cloudEventsNotifier, %s', (mode) => {
  const tell = async (options: Partial<CloudEventsNotifierOptions> = {}, changes = {}) => {
    const zoo = await endpointZoo();
    const outcome = await told(notifierWith({ mode, ...options }), notificationFor(`${zoo.url}/ok`, changes));
    return { outcome, ...requestParts(zoo.requests[0]!) };
  };

  it('N3 is read back by the official receiver', async () => {
    const { outcome, headers, body } = await tell();
    expect(outcome).toBe('told');
    expect(HTTP.toEvent({ headers, body: body.toString() })).toMatchObject({
      specversion: '1.0',
      id: 'n-1',
      source: 'mq-observer',
      type: 'queue-messages',
      time: '2026-01-02T03:04:05.000Z',
      datacontenttype: 'application/json',
      data: {
        notification: 'messages found on queue',
        ID: 'r-1',
        CE_QMGR: 'QM1',
        CE_QUEUE: 'DEV.QUEUE.1',
        CE_DEPTH: '3',
      },
    });
    expect(headers['content-type']).toMatch(
      mode === 'binary' ? /^application\/json/ : /^application\/cloudevents\+json/,
    );
    expect('ce-id' in headers).toBe(mode === 'binary');
  });

  it('takes source and type as they are set', async () => {
    const { headers, body } = await tell({ source: '/observer/7', type: 'com.example.depth' });
    expect(HTTP.toEvent({ headers, body: body.toString() })).toMatchObject({
      source: '/observer/7',
      type: 'com.example.depth',
    });
  });

  it('N16 is signed over the body as it was sent', async () => {
    const { headers, body } = await tell({ secrets: [SECRET] });
    expect(headers['webhook-id']).toBe('n-1');
    expect(new Webhook(SECRET).verify(body, headers)).toMatchObject(
      mode === 'binary' ? { ID: 'r-1' } : { data: { ID: 'r-1' } },
    );
  });

  it('N3 is read back whatever the names are', async () => {
    const zoo = await endpointZoo();
    const texts = fc.string({ unit: 'grapheme', maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(texts, texts, fc.integer({ min: 1 }), async (queue, manager, depth) => {
        const notification = notificationFor(`${zoo.url}/ok`);
        const registration = { ...notification.registration, queue, manager };
        await told(notifierWith({ mode }), { ...notification, registration, depth });
        const { headers, body } = requestParts(zoo.requests.at(-1)!);
        const event = HTTP.toEvent<object>({ headers, body: body.toString() });
        expect(event).toMatchObject({ data: { CE_QUEUE: queue, CE_QMGR: manager, CE_DEPTH: String(depth) } });
      }),
      runs(50),
    );
  });

  it('N4 fails as the status says, and keeps its id', async () => {
    const zoo = await endpointZoo();
    const notification = notificationFor(`${zoo.url}/status/500`);
    for (let i = 0; i < 2; i++) {
      expect(await told(notifierWith({ mode }), notification)).toMatchObject({ kind: 'status', status: 500 });
    }
    const ids = zoo.requests.map((request) => {
      const { headers, body } = requestParts(request);
      return (HTTP.toEvent({ headers, body: body.toString() }) as { readonly id: string }).id;
    });
    expect(ids).toEqual(['n-1', 'n-1']);
  });
});
