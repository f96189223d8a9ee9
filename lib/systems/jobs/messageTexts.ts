import { from, isObservable, map, type ObservableInput } from 'rxjs';
import { canonicalJson } from '../../boundary/canonicalJson.ts';
import { TooLargeError } from '../../boundary/tooLargeError.ts';
import type { JobKind } from './jobKind.ts';

/** Largest message of a job, in bytes of its JSON text. */
const MAX_BYTES = 16 * 1024;

/** The JSON text of a message; undefined is none. Throws NotJsonError, TooLargeError. */
export function messageText(message: unknown): string | undefined {
  if (message === undefined) return undefined;
  const text = canonicalJson(message);
  if (Buffer.byteLength(text) > MAX_BYTES) throw new TooLargeError('a message of the job', MAX_BYTES);
  return text;
}

/** The same messages as JSON texts. What can be pulled stays so, for the engine asks for one at a time. */
export function messageTexts(returned: ReturnType<JobKind['run']>): ObservableInput<string | undefined> | undefined {
  if (returned === undefined) return undefined;
  if (isObservable(returned)) return returned.pipe(map(messageText));
  if (!isObject(returned)) return from(returned).pipe(map(messageText)); // a text, or the reason why it will not do
  if (isPromise(returned)) return Promise.resolve(returned).then(messageText);
  if (Symbol.asyncIterator in returned)
    return { [Symbol.asyncIterator]: () => pulled(returned[Symbol.asyncIterator]()) };
  if (Symbol.iterator in returned) return textsOf(returned);
  return from(returned).pipe(map(messageText));
}

function isObject(returned: unknown): returned is object {
  return typeof returned === 'object' && returned !== null;
}

function isPromise(returned: object): returned is PromiseLike<unknown> {
  return 'then' in returned;
}

function* textsOf(messages: Iterable<unknown>): Generator<string | undefined> {
  for (const message of messages) yield messageText(message);
}

/** Not a generator: `return` must reach the one below although it has not answered yet. */
function pulled(messages: AsyncIterator<unknown>): AsyncIterator<string | undefined> {
  const leave = async (): Promise<IteratorResult<undefined>> => {
    await messages.return?.();
    return { done: true, value: undefined };
  };
  return {
    next: async () => {
      const taken = await messages.next();
      if (taken.done === true) return { done: true, value: undefined };
      try {
        return { value: messageText(taken.value) };
      } catch (failure) {
        await leave().catch(() => undefined); // the failure is the news
        throw failure;
      }
    },
    return: leave,
  };
}
