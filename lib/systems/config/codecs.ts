import { isLeft, isRight } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { closest } from './closest.ts';
import { described, type Parts } from './described.ts';

/** What a {@link shape} decodes to. */
export type Shaped<R extends t.Props, O extends t.Props> = { readonly [K in keyof R]: t.TypeOf<R[K]> } & {
  readonly [K in keyof O]?: t.TypeOf<O[K]>;
};

/** An object with these keys and no other: a mistyped key is an error and not a setting without effect. */
export function shape<R extends t.Props, O extends t.Props>(required: R, optional: O): t.Type<Shaped<R, O>, unknown> {
  const codecs: t.Props = { ...required, ...optional };
  const known = Object.keys(codecs);

  return decoder(
    'an object',
    (input, context) => {
      if (!isObject(input)) return t.failure(input, context);
      const errors: t.ValidationError[] = [];
      const value: Record<string, unknown> = {};
      for (const [key, codec] of Object.entries(codecs)) {
        if (!Object.hasOwn(input, key) && !Object.hasOwn(required, key)) continue;
        const decoded = codec.validate(input[key], t.appendContext(context, key, codec));
        if (isLeft(decoded)) errors.push(...decoded.left);
        else value[key] = decoded.right;
      }
      for (const key of Object.keys(input)) {
        if (known.includes(key)) continue;
        const meant = closest(key, known);
        const message =
          meant === undefined
            ? `is not known here; known: ${known.join(', ')}`
            : `is not known here; did you mean ${meant}?`;
        errors.push({ value: input[key], context: t.appendContext(context, key, t.never), message });
      }
      return errors.length > 0 ? t.failures(errors) : t.success(value as Shaped<R, O>);
    },
    { kind: 'shape', required, optional },
  );
}

/** One of several shapes, told apart by their `type`. */
export function byType<C extends Readonly<Record<string, t.Mixed>>>(
  shapes: C,
): t.Type<{ [K in keyof C & string]: t.TypeOf<C[K]> & { readonly type: K } }[keyof C & string], unknown> {
  const type = oneOf(Object.keys(shapes) as (keyof C & string)[]);

  return decoder(
    'an object',
    (input, context) => {
      if (!isObject(input)) return t.failure(input, context);
      const { type: tag, ...rest } = input;
      const decodedTag = type.validate(tag, t.appendContext(context, 'type', type));
      if (isLeft(decodedTag)) return decodedTag;
      const decoded = shapes[decodedTag.right]!.validate(rest, context);
      return isLeft(decoded)
        ? decoded
        : t.success(Object.assign({}, decoded.right, { type: decodedTag.right }) as never);
    },
    { kind: 'byType', shapes },
  );
}

/** One of several shapes, told apart by the key that only it has. */
export function byKey<C extends Readonly<Record<string, t.Mixed>>>(shapes: C): t.Type<t.TypeOf<C[keyof C]>, unknown> {
  const keys = Object.keys(shapes);

  return decoder(
    'an object',
    (input, context) => {
      const key = isObject(input) ? keys.find((candidate) => Object.hasOwn(input, candidate)) : undefined;
      if (key === undefined) return t.failure(input, context, `needs one of ${keys.join(', ')}`);
      return shapes[key]!.validate(input, context) as t.Validation<t.TypeOf<C[keyof C]>>;
    },
    { kind: 'byKey', shapes },
  );
}

/** A whole number within a range. */
export function whole(min: number, max: number): t.Type<number, unknown> {
  return decoder(`a whole number from ${min} to ${max}`, (input, context) =>
    typeof input === 'number' && Number.isInteger(input) && input >= min && input <= max
      ? t.success(input)
      : t.failure(input, context),
  );
}

/** One of a few words. */
export function oneOf<W extends string>(words: readonly W[]): t.Type<W, unknown> {
  return decoder(`one of ${words.join(', ')}`, (input, context) => {
    const word = words.find((candidate) => candidate === input);
    if (word !== undefined) return t.success(word);
    const meant = typeof input === 'string' ? closest(input, words) : undefined;
    return meant === undefined
      ? t.failure(input, context)
      : t.failure(input, context, `must be one of ${words.join(', ')}; did you mean ${meant}?`);
  });
}

/** A text that says something. */
export const text: t.Type<string, unknown> = decoder('a text', (input, context) =>
  typeof input === 'string' && input.trim() !== '' ? t.success(input) : t.failure(input, context),
);

/** An address of the web. */
export const webAddress: t.Type<string, unknown> = decoder(
  'an http or https URL',
  (input, context) =>
    typeof input === 'string' && URL.canParse(input) && /^https?:$/.test(new URL(input).protocol)
      ? t.success(input)
      : t.failure(input, context, 'must be an http or https URL'), // without the value: it may hold a password
);

/** A text that is not shown to anybody: written out, or `{ env: NAME }` for the value of an environment variable. */
export function secret(env: Readonly<Record<string, string | undefined>>): t.Type<string, unknown> {
  return decoder('a text or { env: NAME }', (input, context) => {
    if (typeof input === 'string' && input !== '') return t.success(input);
    if (!isObject(input) || typeof input['env'] !== 'string' || Object.keys(input).length !== 1) {
      return t.failure(input, context, 'must be a text or { env: NAME }');
    }
    const value = env[input['env']];
    return value === undefined || value === ''
      ? t.failure(
          input,
          context,
          `refers to the environment variable ${JSON.stringify(input['env'])}, which is not set`,
        )
      : t.success(value);
  });
}

/** A codec that only reads; `parts` says what it is made of, where it is. */
export function decoder<A>(name: string, validate: t.Validate<unknown, A>, parts?: Parts): t.Type<A, unknown> {
  const codec = new t.Type<A, unknown>(
    name,
    (input): input is A => isRight(validate(input, [])),
    validate,
    (value) => value,
  );
  return described(codec, { parts });
}

function isObject(input: unknown): input is Readonly<Record<string, unknown>> {
  return typeof input === 'object' && input !== null && !Array.isArray(input);
}
