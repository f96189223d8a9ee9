import { left, right } from 'fp-ts/lib/Either.js';
import type { WireCodec } from '../../contracts/codec.ts';
import type { CommandDefinition, EventDefinition } from '../../contracts/message.ts';
import type { Operation } from '../../contracts/operation.ts';

/** How a command ended, as the service that had it tells. */
export interface CommandOutcome {
  readonly state: 'succeeded' | 'failed';
  readonly error?: Operation['error'];
  /** Of the command that was carried out: of another one with the same id it says nothing. */
  readonly digest: string;
}

export const OutcomeCodec: WireCodec<CommandOutcome> = {
  name: 'CommandOutcome',
  decode: (input) =>
    isOutcome(input)
      ? right(input)
      : left([{ value: input, context: [{ key: '', type: { name: 'CommandOutcome' } }] }]),
  encode: (outcome) => outcome,
};

/** The event that tells the outcome of a command. Its address is made of the command's name, and of nothing that a sender says. */
export function outcomeEvent({ name }: CommandDefinition): EventDefinition<CommandOutcome> {
  const address = `outcomes.${name}`;
  return { kind: 'event', name: address, routingKey: address, version: 1, codec: OutcomeCodec, upcast: undefined };
}

function isOutcome(input: unknown): input is CommandOutcome {
  if (!isRecord(input) || !isText(input['digest'], 64)) return false;
  if (input['state'] === 'succeeded') return input['error'] === undefined;
  const error = input['error'];
  return input['state'] === 'failed' && isRecord(error) && isText(error['code'], 64) && isText(error['message'], 1_000);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function isText(value: unknown, maxLength: number): boolean {
  return typeof value === 'string' && value.length <= maxLength;
}
