import { randomUUID } from 'node:crypto';
import { createMemoryBroker } from '../../../lib/adapters/memory/createMemoryBroker.ts';
import { describeEventServices } from '../../support/eventServices.ts';

describeEventServices(
  'memory',
  () => {
    const broker = createMemoryBroker();
    return Promise.resolve({ connect: () => broker.connect(), close: () => Promise.resolve() });
  },
  randomUUID,
);
