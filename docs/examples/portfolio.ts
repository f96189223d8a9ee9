// A service whose writes return nothing: commands are submitted, their outcome is awaited, and reads come from a view that
// events feed. The two halves of the service would be two processes with RabbitMQ between them; here a broker in memory is.
import { randomUUID } from 'node:crypto';
import * as t from 'io-ts';
import { firstValueFrom, lastValueFrom, switchMap } from 'rxjs';
import {
  createAppliedIds,
  createBus,
  createOperations,
  defineCommand,
  defineEvent,
  defineMessages,
  type CommandDefinition,
} from 'rxfan';
import { createMemoryBroker } from 'rxfan/memory';

// What services share: one module of definitions.
const Id = t.strict({ id: t.string }, 'Id');
const Value = t.strict({ id: t.string, value: t.number }, 'Value');
const Portfolio = t.strict({ id: t.string, title: t.string, value: t.number }, 'Portfolio');
const Create = defineCommand('portfolio.create', t.strict({ title: t.string }, 'Create')); // no id: the service makes it
const Revalue = defineCommand('portfolio.revalue', Value);
const Delete = defineCommand('portfolio.delete', Id);
const Created = defineEvent('portfolio.created', Portfolio);
const Revalued = defineEvent('portfolio.revalued', Value);
const Deleted = defineEvent('portfolio.deleted', Id);
const messages = defineMessages([Create, Revalue, Delete, Created, Revalued, Deleted]);

class NotFoundError extends Error {
  override readonly name = 'NotFoundError';
  readonly code = 'not_found';
}

const broker = createMemoryBroker();
const service = { messages, newId: randomUUID };

// The consumer: it decides, and tells what happened.
const values = new Map<string, number>();
const consumer = createBus({ service: 'portfolio', transport: broker.connect({ name: 'consumer' }), ...service });
const checkKnown = (id: string) => {
  if (!values.has(id)) throw new NotFoundError(`no portfolio is called ${id}`);
};
consumer.handle(Create, {
  handle({ title }, { message, publish }) {
    const { id } = message; // the same when the message comes again
    values.set(id, 0);
    return publish(Created, { id, title, value: 0 });
  },
});
consumer.handle(Revalue, {
  handle(change, { publish }) {
    checkKnown(change.id);
    values.set(change.id, change.value);
    return publish(Revalued, change);
  },
});
consumer.handle(Delete, {
  handle({ id }, { publish }) {
    checkKnown(id);
    values.delete(id);
    return publish(Deleted, { id });
  },
});

// The API: a view that events feed, and operations.
const view = new Map<string, { readonly title: string; readonly value: number }>();
const applied = createAppliedIds();
const reader = createBus({ service: 'portfolio-view', transport: broker.connect({ name: 'view' }), ...service });
reader.on(Created, {
  id: 'view',
  handle({ id, title, value }, { message }) {
    view.set(id, { title, value });
    applied.applied(message.correlationId);
  },
});
reader.on(Revalued, {
  id: 'view',
  handle({ id, value }, { message }) {
    const portfolio = view.get(id);
    if (portfolio) view.set(id, { ...portfolio, value });
    applied.applied(message.correlationId);
  },
});
reader.on(Deleted, {
  id: 'view',
  handle({ id }, { message }) {
    view.delete(id);
    applied.applied(message.correlationId);
  },
});
const operations = createOperations({
  service: 'portfolio-api',
  transport: broker.connect({ name: 'api' }),
  ...service,
});
for (const consuming$ of [consumer.consume(), reader.consume(), operations.consume()]) consuming$.subscribe();

// The client: submits, learns the outcome, and reads what it has written.
const run = <A>(command: CommandDefinition<A>, data: A) =>
  firstValueFrom(
    operations
      .submit(command, data)
      .pipe(switchMap(({ id }) => operations.waitUntilApplied(id, applied, { timeoutMs: 5_000 }))),
  );

const { id } = await run(Create, { title: 'Pension' });
export const created = view.get(id);
await run(Revalue, { id, value: 12.5 });
export const revalued = view.get(id);
await run(Delete, { id });
export const deleted = view.get(id); // not found
export const refused = await run(Revalue, { id, value: 13 });
console.log({ created, revalued, deleted }, refused.state, refused.error?.code); // failed not_found

operations.close();
for (const bus of [consumer, reader]) await lastValueFrom(bus.close(), { defaultValue: undefined });
