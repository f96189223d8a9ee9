import { EMPTY, NEVER, of, Subject } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import { createMemoryBroker } from '../../../lib/adapters/memory/createMemoryBroker.ts';
import { memoryOutbox } from '../../../lib/adapters/memory/memoryOutbox.ts';
import type { JobStore } from '../../../lib/contracts/jobStore.ts';
import type { OutgoingMessage } from '../../../lib/contracts/transport.ts';
import { explain } from '../../../lib/core/inspection/explain.ts';
import { relayOutbox } from '../../../lib/core/messaging/relayOutbox.ts';
import { aggregatePages } from '../../../lib/core/paging/aggregatePages.ts';
import { pageTokens } from '../../../lib/core/paging/pageTokens.ts';
import { createRateLimits } from '../../../lib/core/receivers/createRateLimits.ts';
import { createReceiver } from '../../../lib/core/receivers/createReceiver.ts';
import type { Receiver } from '../../../lib/core/receivers/receiver.ts';
import { createBudget } from '../../../lib/core/topics/budget.ts';
import { Topic } from '../../../lib/core/topics/topic.ts';
import { createWorkEngine } from '../../../lib/core/work/createWorkEngine.ts';
import { fakeSealer } from '../../../lib/testing/fakeSealer.ts';
import { mergeMapBounded } from '../../../operators/mergeMapBounded.ts';
import { mergeSorted } from '../../../operators/mergeSorted.ts';
import { manual } from '../topics/support/manual.ts';
import { useVirtualTime } from '../topics/support/virtualTime.ts';
import { useInspection } from './support/useInspection.ts';

const why = (kind: string, name: string) => explain({ kind, name }).sentence;
const letter = (id: string): OutgoingMessage => ({
  id,
  routingKey: 'mail',
  contentType: 'text/plain',
  headers: {},
  body: new Uint8Array(),
});

describe('who is to blame', () => {
  useVirtualTime();
  useInspection();

  it('for a topic: the slow subscriber that blocks', () => {
    const orders = new Topic<number>({ name: 'orders' });
    manual(orders, 'metrics', { concurrency: 4, bufferSize: 1_000, overflow: 'block' });
    manual(orders, 'audit', { concurrency: 2_000 });
    for (let n = 1; n <= 1_005; n++) orders.publish(n);
    vi.advanceTimersByTime(12_300);

    expect(why('topic', 'orders')).toBe(
      "topic 'orders' is blocked by subscriber 'orders/metrics' (1,000 of 1,000 waiting), whose 4 running attempts are up to 12.3 s old",
    );
    expect(why('subscriber', 'orders/metrics')).toBe(
      "subscriber 'orders/metrics' (1,000 of 1,000 waiting): its 4 running attempts are up to 12.3 s old",
    );
  });

  it('for a topic whose subscribers have room: nobody', () => {
    const orders = new Topic<number>({ name: 'orders' });
    manual(orders, 'metrics', { overflow: 'block' });
    orders.publish(1);

    expect(why('topic', 'orders')).toBe("topic 'orders' waits for nothing");
  });

  it('of several subscribers that block: the one that lets the oldest wait', () => {
    const orders = new Topic<number>({ name: 'orders' });
    const late = manual(orders, 'late', { bufferSize: 0, overflow: 'block' });
    orders.publish(1);
    const early = manual(orders, 'early', { bufferSize: 0, overflow: 'block' });
    orders.publish(2);
    late.open()[0]!.succeed();
    vi.advanceTimersByTime(10);
    orders.publish(3);
    late.open()[0]!.succeed();
    vi.advanceTimersByTime(10);
    orders.publish(4);

    expect(early.calls).toHaveLength(1);
    expect(why('topic', 'orders')).toBe(
      "topic 'orders' is blocked by subscriber 'orders/early' (0 of 0 waiting), whose running attempt is 20 ms old",
    );
  });

  it('for a paused lane: whoever paused it', () => {
    const orders = new Topic<number>({ name: 'orders' });
    const { delivery } = manual(orders, 'audit', { bufferSize: 2, overflow: 'block' });
    delivery.pause();
    for (const n of [1, 2, 3]) orders.publish(n);

    expect(why('topic', 'orders')).toBe(
      "topic 'orders' is blocked by subscriber 'orders/audit' (2 of 2 waiting), which is paused",
    );
    delivery.resume();
    expect(why('subscriber', 'orders/audit')).toBe(
      "subscriber 'orders/audit' (2 of 2 waiting): its running attempt is 0 ms old",
    );
  });

  it('for a poison value: its next attempt, and how long that waits', () => {
    const orders = new Topic<number>({ name: 'orders' });
    const audit = manual(orders, 'audit', { bufferSize: 1, overflow: 'block', retry: { retries: 9, delayMs: 30_000 } });
    for (const n of [1, 2, 3]) orders.publish(n);
    audit.open()[0]!.fail();
    vi.advanceTimersByTime(500);

    expect(why('topic', 'orders')).toBe(
      "topic 'orders' is blocked by subscriber 'orders/audit' (1 of 1 waiting), whose attempt 2 starts in 29.5 s",
    );
  });

  it('for a poison key: the attempt that holds it, while other places are free', () => {
    const orders = new Topic<number>({ name: 'orders' });
    const audit = manual(orders, 'audit', {
      concurrency: 8,
      bufferSize: 10,
      partitionKey: (n) => `customer ${n % 10}`,
      retry: { retries: 9, delayMs: 30_000 },
    });
    for (const n of [7, 17, 27, 8, 18]) orders.publish(n);
    audit.open()[0]!.fail();
    vi.advanceTimersByTime(1_000);

    expect(why('subscriber', 'orders/audit')).toBe(
      "subscriber 'orders/audit' (3 of 10 waiting): its key 'customer 7' (2 waiting) is held by attempt 2, which starts in 29 s",
    );
    vi.advanceTimersByTime(29_000 + 5_000);
    expect(why('subscriber', 'orders/audit')).toBe(
      "subscriber 'orders/audit' (3 of 10 waiting): its key 'customer 7' (2 waiting) is held by attempt 2, which is 5 s old",
    );
  });

  it('for a route without room: the route that has used up the budget of the tenant', () => {
    const tenant = createBudget({ size: 100, name: 'acme' });
    const orders = createReceiver<number>({ tenant: 'acme', name: 'orders', budget: tenant, guaranteed: 2 });
    const invoices = createReceiver<number>({ tenant: 'acme', name: 'invoices', budget: tenant, guaranteed: 2 });
    orders.addRoute({ id: 'billing', handle: () => NEVER, bufferSize: 1_000 });
    invoices.addRoute({ id: 'search', handle: () => NEVER, bufferSize: 1_000, overflow: 'dropOldest' });
    for (let n = 0; n < 103; n++) orders.next(n);
    vi.advanceTimersByTime(20_000);
    for (let n = 0; n < 5; n++) invoices.next(n);

    expect(why('route', 'acme/invoices/search')).toBe(
      "route 'acme/invoices/search' (2 of 1,000 waiting) finds no room in budget 'acme' (100 of 100 used), which is used up by route 'acme/orders/billing' (102 of 1,000 waiting), whose running attempt is 20 s old",
    );
    expect(why('receiver', 'acme/orders')).toBe(
      "receiver 'acme/orders' (103 waiting) waits for route 'acme/orders/billing' (102 of 1,000 waiting), whose running attempt is 20 s old",
    );
  });

  it('for a receiver whose events are too many: the rate limit', async () => {
    const rateLimit = createRateLimits({ default: { perSecond: 1, burst: 1, maxDelayMs: 60_000 } });
    const orders = createReceiver<number>({ tenant: 'acme', name: 'orders', rateLimit });
    orders.addRoute({ id: 'billing', handle: () => undefined });
    for (let n = 0; n < 4; n++) orders.next(n);
    await vi.advanceTimersByTimeAsync(1);

    expect(why('receiver', 'acme/orders')).toBe(
      "receiver 'acme/orders' (3 waiting): its 3 events are held back by the rate limit of tenant 'acme'",
    );
  });

  it('for a merge: the source that has shown nothing', () => {
    const [fast$, stuck$, ended$] = [new Subject<number>(), new Subject<number>(), of(1)];
    const merged$ = mergeSorted([fast$, stuck$, ended$], { compare: (a, b) => a - b, name: 'feed' });
    const merging = merged$.subscribe();
    for (let n = 1; n <= 5; n++) fast$.next(n);
    vi.advanceTimersByTime(7_500);

    expect(why('merge', 'feed')).toBe(
      "merge 'feed' (6 waiting) waits for source 'feed/1', which has shown no value for 7.5 s",
    );
    merging.unsubscribe();
    expect(() => why('merge', 'feed')).toThrow('node must be one of the graph, not "feed"');
  });

  it('for a bounded map: the inner sources that do not end', () => {
    const orders$ = new Subject<number>();
    orders$.pipe(mergeMapBounded(() => NEVER, { concurrency: 2, bufferSize: 5, name: 'save' })).subscribe();
    for (let n = 0; n < 6; n++) orders$.next(n);

    expect(why('map', 'save')).toBe("map 'save' (4 of 5 waiting): its 2 inner sources are not over");
  });

  it('for a page: the source whose call hangs', () => {
    const pages = aggregatePages<string>({
      name: 'packages',
      sources: [
        { name: 'debian', fetch: () => of({ items: ['a'], nextPageToken: '' }) },
        { name: 'npm', fetch: () => NEVER },
      ],
      key: (item) => item,
      tokens: pageTokens(fakeSealer()),
    });
    const reading = pages.page().subscribe();
    vi.advanceTimersByTime(3_200);

    expect(why('walk', 'packages')).toBe("walk 'packages' waits for page source 'npm', whose call is 3.2 s old");
    reading.unsubscribe();
    expect(() => why('walk', 'packages')).toThrow('one of the graph');
  });

  it('for a queued job: the jobs that run', () => {
    const engine = createWorkEngine<string>({ topics: ['provision'], newToken: () => 'none', maxRunning: 2 });
    for (const token of ['t1', 't2', 't3']) engine.start({ topic: 'provision', token, run: () => NEVER });
    vi.advanceTimersByTime(90_000);

    expect(why('job', 'provision/t3')).toBe(
      "job 'provision/t3' waits for a place in engine 'provision' (1 of 1,024 waiting), whose 2 running jobs are up to 90 s old",
    );
    expect(why('job', 'provision/t1')).toBe("job 'provision/t1' has run for 90 s");
  });

  it('for a queued job that the others keep out: the lane that has no room', () => {
    const engine = createWorkEngine<string>({ topics: ['provision'], newToken: () => 'none', maxRunning: 1 });
    engine.attach('provision', { id: 'state', handle: () => NEVER, bufferSize: 0, overflow: 'block' });
    engine.start({ topic: 'provision', token: 't1', run: () => ['25 %', '50 %', '75 %'] });
    engine.start({ topic: 'provision', token: 't2', run: () => EMPTY });
    vi.advanceTimersByTime(1_000);

    expect(why('job', 'provision/t2')).toBe(
      "job 'provision/t2' waits for a place in engine 'provision' (1 of 1,024 waiting), which waits for job 'provision/t1', which is blocked by lane 'provision/t1/state' (0 of 0 waiting), whose running attempt is 1 s old",
    );
  });

  it('for a job that was just started: the store that does not answer', () => {
    const store: JobStore = { put: () => NEVER, list: () => EMPTY, remove: () => NEVER };
    const engine = createWorkEngine<string>({ topics: ['provision'], newToken: () => 't1', store });
    engine.start({ topic: 'provision', run: () => EMPTY });

    expect(why('job', 'provision/t1')).toBe("job 'provision/t1' waits until its store has it");
    expect(why('engine', 'provision')).toBe(
      "engine 'provision' (1 of 1,024 waiting) waits until its store has the next job",
    );
  });

  it('for an outbox: the queue that is full, and the handler that does not end', () => {
    const broker = createMemoryBroker({ maxQueueMessages: 2 });
    const [sender, reader] = [broker.connect({ name: 'orders' }), broker.connect({ name: 'mail' })];
    const handled = new Topic<string>({ name: 'mails' });
    manual(handled, 'smtp');
    const handle = ({ id }: OutgoingMessage) => handled.publish(id).settled$;
    reader.consume({ kind: 'durable', name: 'mail', bindings: ['mail'], handle }).subscribe();
    const outbox = memoryOutbox();
    outbox.transaction((transaction) => outbox.append(transaction, ['m1', 'm2', 'm3', 'm4'].map(letter))).subscribe();
    relayOutbox(outbox, sender).subscribe();
    vi.advanceTimersByTime(4_000);

    expect(why('outbox', 'to orders')).toBe(
      "outbox 'to orders' waits for transport 'orders' (1 of 1,024 waiting), which is blocked by queue 'mail' (2 of 2 waiting), whose message waits for subscriber 'mails/smtp' (0 of 1,024 waiting), whose running attempt is 4 s old",
    );
  });

  it('for a handler that publishes over a transport: the queue that nobody reads', () => {
    const broker = createMemoryBroker({ maxQueueMessages: 1 });
    const transport = broker.connect({ name: 'orders' });
    broker
      .connect()
      .consume({ kind: 'durable', name: 'mail', bindings: ['mail'], handle: () => undefined })
      .subscribe()
      .unsubscribe();
    const orders = new Topic<string>({ name: 'orders' });
    orders.deliver({ id: 'forward', handle: (id) => transport.publish(letter(id)) });
    for (const id of ['m1', 'm2', 'm3']) orders.next(id);

    expect(why('subscriber', 'orders/forward')).toBe(
      "subscriber 'orders/forward' (1 of 1,024 waiting): its running attempt waits for transport 'orders' (1 of 1,024 waiting), which is blocked by queue 'mail' (1 of 1 waiting), which is read by nobody",
    );
  });
});

describe('a deadlock', () => {
  useVirtualTime();
  useInspection();

  it('of two handlers that wait for each other is named, with its members', () => {
    const [there, back] = [new Topic<number>({ name: 'there' }), new Topic<number>({ name: 'back' })];
    there.deliver({ id: 'ask', bufferSize: 0, overflow: 'block', handle: (n) => back.publish(n).settled$ });
    const answer = back.deliver({ id: 'answer', handle: (n) => there.publish(n).taken$ });
    answer.pause(); // a value that is published within a handler of its own would be refused
    there.publish(1);
    answer.resume();

    const { sentence, deadlock, chain } = explain({ kind: 'topic', name: 'there' });
    expect(sentence).toBe(
      "topic 'there' is blocked by subscriber 'there/ask' (0 of 0 waiting), whose running attempt waits for subscriber 'back/answer' (0 of 1,024 waiting), whose running attempt waits for subscriber 'there/ask' again: a deadlock of subscriber 'there/ask' and subscriber 'back/answer'",
    );
    expect(deadlock).toEqual(chain.slice(1));
    expect(deadlock).toHaveLength(2);
  });

  it('is none while another attempt may make room', () => {
    const [there, back] = [new Topic<number>({ name: 'there' }), new Topic<number>({ name: 'back' })];
    const handle = (n: number) => (n === 0 ? NEVER : back.publish(n).settled$);
    there.deliver({ id: 'ask', concurrency: 2, bufferSize: 0, overflow: 'block', handle });
    const answer = back.deliver({ id: 'answer', handle: (n) => there.publish(n).taken$ });
    answer.pause();
    there.publish(0);
    there.publish(1);
    answer.resume();

    const { sentence, deadlock } = explain({ kind: 'topic', name: 'there' });
    expect(sentence).toBe(
      "topic 'there' is blocked by subscriber 'there/ask' (0 of 0 waiting), whose 2 running attempts are up to 0 ms old",
    );
    expect(deadlock).toEqual([]);
  });

  it('of a handler that waits for itself is one of one', () => {
    const orders = new Topic<number>({ name: 'orders' });
    orders.deliver({ id: 'loop', handle: (n) => orders.publish(n + 1).settled$ });
    orders.publish(1);

    expect(why('subscriber', 'orders/loop')).toBe(
      "subscriber 'orders/loop' (1 of 1,024 waiting): its running attempt waits for subscriber 'orders/loop' again: a deadlock of subscriber 'orders/loop'",
    );
  });

  it('between receivers is seen through acknowledgements', async () => {
    const [orders, invoices] = ['orders', 'invoices'].map((name) =>
      createReceiver<number>({ tenant: 'acme', name, ackTimeoutMs: Infinity }),
    ) as [Receiver<number>, Receiver<number>];
    orders.addRoute({ id: 'bill', handle: (n) => invoices.next(n).settled$ });
    invoices.addRoute({ id: 'look', handle: (n) => orders.next(n).settled$ });
    orders.next(1);
    await vi.advanceTimersByTimeAsync(10);

    expect(explain({ name: 'acme/orders' }).deadlock).toHaveLength(4);
  });
});
