import * as t from 'io-ts';
import { defineCommand } from '../../core/events/defineCommand.ts';
import { defineEvent } from '../../core/events/defineEvent.ts';
import { RefusedError } from '../../contracts/failure.ts';
import type { Service } from './service.ts';

const Name = t.strict({ name: t.string }, 'a name');
const Greet = defineCommand('demo.greet', Name);
const Greeted = defineEvent('demo.greeted', t.strict({ name: t.string, greeting: t.string }, 'a greeting'));

/** A service to try things out with: `demo.greet` tells `demo.greeted`, and fails for nobody. */
export const demoService: Service = {
  name: 'demo',
  messages: [Greet, Greeted],
  attach(bus) {
    bus.handle(Greet, {
      handle: ({ name }, context) => {
        if (name.trim() === '') throw new RefusedError('the demo', 'there is nobody to greet');
        return context.publish(Greeted, { name, greeting: `Hello, ${name}!` });
      },
    });
  },
};
