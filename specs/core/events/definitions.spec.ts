import * as t from 'io-ts';
import { describe, expect, it } from 'vitest';
import { defineCommand } from '../../../lib/core/events/defineCommand.ts';
import { defineEvent } from '../../../lib/core/events/defineEvent.ts';
import { defineMessages } from '../../../lib/core/events/defineMessages.ts';

const codec = t.strict({ id: t.string }, 'Thing');

describe('definitions', () => {
  it('have a routing key of their own', () => {
    expect(defineEvent('thing.made', codec)).toMatchObject({ kind: 'event', routingKey: 'thing.made', version: 1 });
    expect(defineEvent('made', codec, { routingKey: 'a.events.made' })).toMatchObject({ routingKey: 'a.events.made' });
    expect(defineCommand('thing.make', codec)).toMatchObject({ kind: 'command', routingKey: 'commands.thing.make' });
  });

  it.each(['', '*', 'a.#', '.a', 'a.', 'a..b', 'a b', 'é', 'a\n', 'a'.repeat(256)])(
    'J3 are refused with the name %j: nothing of it reaches a broker',
    (name) => {
      const failure = expect.objectContaining({ code: 'invalid_option' });
      expect(() => defineEvent(name, codec)).toThrow(failure);
      expect(() => defineCommand(name, codec)).toThrow(failure);
      expect(() => defineEvent('fine', codec, { routingKey: name })).toThrow(failure);
    },
  );

  it.each(['commands.a', 'outcomes.a', 'commands', 'outcomes'])('J7 of events stay away from %s', (name) => {
    expect(() => defineEvent(name, codec)).toThrow('commands or outcomes');
    expect(() => defineEvent('fine', codec, { routingKey: name })).toThrow('commands or outcomes');
    expect(defineEvent(`${name}s`.replace('.a', ''), codec).kind).toBe('event');
  });

  it('make a catalogue when no two are called the same or go the same way', () => {
    const made = defineEvent('thing.made', codec);
    const make = defineCommand('thing.make', codec);
    const catalogue = defineMessages([made, make]);

    expect(catalogue.event('thing.made')).toBe(made);
    expect(catalogue.command('thing.make')).toBe(make);
    expect(catalogue.event('thing.make')).toBe(undefined);
    expect(catalogue.event('__proto__')).toBe(undefined);
    expect(() => defineMessages([made, make, defineEvent('thing.made', codec, { routingKey: 'b' })])).toThrow(
      expect.objectContaining({ name: 'DuplicateDefinitionError', what: 'name', value: 'thing.made' }),
    );
    expect(() => defineMessages([made, defineEvent('other', codec, { routingKey: 'thing.made' })])).toThrow(
      expect.objectContaining({ name: 'DuplicateDefinitionError', what: 'routingKey', value: 'thing.made' }),
    );
  });
});
