import { lastValueFrom } from 'rxjs';
import { beforeAll, describe, it } from 'vitest';
import { rabbitmqTransport } from '../../../lib/adapters/rabbitmq/rabbitmqTransport.ts';
import type { Transport } from '../../../lib/contracts/transport.ts';
import { messagingLaws } from '../../../lib/testing/messagingLaws.ts';
import { sharedBroker, withoutRabbitmq } from '../../support/rabbitmq.ts';
import { fresh } from './support/broker.ts';

/** What another type of exchange has a part in. */
const ROUTING = /^(brings a message as|Q3 |J3 |gives|adds the bindings)/;

describe.skipIf(withoutRabbitmq())('messagingLaws of rabbitmqTransport', () => {
  let url: string;
  beforeAll(async () => {
    url = await sharedBroker();
  }, 90_000);

  describe.each(['topic', 'direct'] as const)('%s', (type) => {
    const create = () => {
      const transports: Transport[] = [];
      const exchange = { name: fresh('x'), type };
      return {
        connect() {
          const transport = rabbitmqTransport({ url, exchange });
          transports.push(transport);
          return transport;
        },
        async release() {
          const closes = transports.map((transport) => transport.close({ deadlineMs: 1_000 }));
          await Promise.all(closes.map((close$) => lastValueFrom(close$, { defaultValue: undefined })));
        },
      };
    };
    const laws = messagingLaws(create, { exchange: type }).filter(({ name }) => type === 'topic' || ROUTING.test(name));
    for (const law of laws) it(law.name, law.check);
  });
});
