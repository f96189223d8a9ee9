import { isLeft } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { faultsOf } from '../../contracts/failure.ts';
import { inWords } from '../../contracts/inWords.ts';
import type { AnyDefinition } from '../../contracts/message.ts';
import { defineMessages } from '../../core/events/defineMessages.ts';
import type { Service } from '../eventing/service.ts';
import { decoder, oneOf, shape, text, whole } from './codecs.ts';
import { ConfigError } from './configError.ts';
import { loadModule } from './loadModule.ts';

const isFunction = (input: unknown): boolean => typeof input === 'function';
const codec = decoder('a codec, such as one of io-ts', (input, context) => {
  const { decode, encode, name } = (input ?? {}) as Partial<Record<'decode' | 'encode' | 'name', unknown>>;
  const isCodec = isFunction(decode) && isFunction(encode) && typeof name === 'string';
  return isCodec ? t.success(input) : t.failure(input, context);
});
const anything = decoder('anything', (input) => t.success(input));
const definition = shape(
  { kind: oneOf(['event', 'command']), name: text, routingKey: text, version: whole(1, 2 ** 31), codec },
  { upcast: anything },
);
const handlers = decoder('a function', (input, context) =>
  isFunction(input) ? t.success(input) : t.failure(input, context),
);
const serviceShape = shape(
  { name: text, messages: t.array(definition, 'a list of definitions'), attach: handlers },
  {},
);

/**
 * The service that a module exports by default. Rejects with a ConfigError when the module is missing, does not load, or
 * exports something else, with every problem.
 */
export async function openService(path: string): Promise<Service> {
  const where = `the module of the service ${path}`;
  const exported = await loadModule(path, { where, exporting: 'a service' });
  const problems = problemsOf(exported);
  if (problems.length > 0) throw new ConfigError(problems.map((problem) => `${where}: ${problem}`));
  return exported as Service; // itself and no copy: a method may use its `this`
}

/** What is looked at: a service may have more, for those who embed it. */
function partsOf(exported: unknown): unknown {
  if (typeof exported !== 'object' || exported === null) return exported;
  const { name, messages, attach } = exported as Partial<Record<keyof Service, unknown>>;
  return { name, messages, attach };
}

function problemsOf(exported: unknown): readonly string[] {
  try {
    const decoded = serviceShape.decode(partsOf(exported));
    if (isLeft(decoded)) {
      return decoded.left.map((problem) => {
        const { at, expected, found } = faultsOf([problem])[0]!;
        return `${at} ${problem.message ?? `must be ${expected}, not ${found}`}`;
      });
    }
    defineMessages(decoded.right.messages as readonly AnyDefinition[]);
    return [];
  } catch (cause) {
    return [inWords(cause)]; // two messages of one name, or a getter that throws
  }
}
