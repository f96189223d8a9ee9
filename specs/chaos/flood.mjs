import { setImmediate } from 'node:timers/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import process from 'node:process';
import { lastValueFrom } from 'rxjs';
import { figure } from '../soak/support/figure.mjs';

/** Q6. Publishes as fast as it goes to a broker that is frozen: what is held is bounded, and what was taken is confirmed later. */
export async function flood({ broker, rabbitmqTransport, quick }) {
  const exchange = { name: 'flood', type: 'topic' };
  const transport = rabbitmqTransport({ url: broker.url, exchange, heartbeatSeconds: 60, publishTimeoutMs: 60_000 });
  let handled = 0;
  let isReading = false;
  const queue = { kind: 'durable', name: 'flood', bindings: ['#'], concurrency: 500, handle: () => void handled++ };
  transport.consume(queue).subscribe(({ kind }) => (isReading ||= kind === 'consuming'));
  while (!isReading) await sleep(20);

  let offered = 0;
  let confirmed = 0;
  const refused = {};
  const publish = () => {
    const id = String(offered++);
    const body = new Uint8Array(1_024);
    transport.publish({ id, routingKey: 'flood', contentType: 'text/plain', headers: {}, body }).subscribe({
      complete: () => confirmed++,
      error: ({ name }) => (refused[name] = (refused[name] ?? 0) + 1),
    });
  };
  for (let n = 0; n < 5_000; n++) publish(); // what is made once is made
  while (confirmed < 5_000) await sleep(20);
  await sleep(100);

  const before = megabytes();
  broker.freeze();
  for (const end = Date.now() + (quick ? 1_000 : 6_000); Date.now() < end; await setImmediate()) {
    for (let n = 0; n < 1_000; n++) publish();
  }
  const extra = megabytes() - before;
  broker.thaw();
  const taken = () => offered - (refused.OutboxFullError ?? 0);
  for (const end = Date.now() + 30_000; confirmed < taken() && Date.now() < end;) await sleep(20);
  await lastValueFrom(transport.close(), { defaultValue: undefined });
  const { OutboxFullError: full = 0, ...others } = refused;

  return [
    figure('offered', offered),
    figure('refused as full', full, { atLeast: 1 }),
    figure('taken and confirmed', confirmed, { exactly: offered - full }),
    figure('handled', handled, { atLeast: 0 }),
    figure('other failures', Object.keys(others).length, { exactly: 0 }),
    figure('extra MB with a frozen broker', extra, { atMost: 32 }),
  ];
}

/** In use once everything that can be collected is gone, buffers included. Needs --expose-gc. */
function megabytes() {
  for (let i = 0; i < 4; i++) globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 2 ** 20;
}
