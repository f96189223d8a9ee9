import { isLeft } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import type { DemoPatch } from './demo.ts';

const RATE = { name: 'a number from 0 to 1000', max: 1_000 };
const DELAY = { name: 'a number from 0 to 60000', max: 60_000 };

/** What may be changed of these sources and subscribers. Names that are not theirs, and knobs that nobody has, are refused. */
export function demoPatch(sources: readonly string[], subscribers: readonly string[]): t.Type<DemoPatch, unknown> {
  const source = some({ running: t.boolean, perSecond: upTo(RATE) });
  const subscriber = some({ delayMs: upTo(DELAY), throws: t.boolean, paused: t.boolean });
  const each = (names: readonly string[], codec: t.Mixed) => some(Object.fromEntries(names.map((n) => [n, codec])));
  return some({ sources: each(sources, source), subscribers: each(subscribers, subscriber) });
}

/** An object with some of these keys and no other. */
function some(props: t.Props): t.Type<object, unknown> {
  const known = Object.keys(props).join(', ');
  return decoder(`an object with some of ${known}`, (input, context) => {
    if (typeof input !== 'object' || input === null || Array.isArray(input)) return t.failure(input, context);
    const errors = Object.entries(input).flatMap(([key, value]: [string, unknown]) => {
      const codec = Object.hasOwn(props, key) ? props[key] : undefined;
      const at = t.appendContext(context, key, codec ?? t.never);
      if (!codec) return [{ value, context: at, message: `is not known here; known: ${known}` }];
      const decoded = codec.validate(value, at);
      return isLeft(decoded) ? decoded.left : [];
    });
    return errors.length > 0 ? t.failures(errors) : t.success(input);
  });
}

function upTo({ name, max }: typeof RATE): t.Type<number, unknown> {
  return decoder(name, (input, context) =>
    typeof input === 'number' && input >= 0 && input <= max ? t.success(input) : t.failure(input, context),
  );
}

function decoder<A>(name: string, validate: t.Validate<unknown, A>): t.Type<A, unknown> {
  return new t.Type<A, unknown>(name, (input): input is A => !isLeft(validate(input, [])), validate, t.identity);
}
