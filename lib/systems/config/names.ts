import { resolve } from 'node:path';
import * as t from 'io-ts';
import { checkTopicName } from '../../core/topics/checkTopicName.ts';
import { decoder } from './codecs.ts';

/** A name in paths and lists: of a receiver, a route, a sender, a tenant. */
export const name: t.Type<string, unknown> = decoder(
  'a name of at most 64 letters, digits, "_", "-" and ".", the first no "."',
  (input, context) =>
    typeof input === 'string' && /^[A-Za-z0-9_-][A-Za-z0-9_.-]{0,63}$/.test(input)
      ? t.success(input)
      : t.failure(input, context),
);

/** A name of a topic. */
export const topicName: t.Type<string, unknown> = decoder('the name of a topic', (input, context) => {
  if (typeof input !== 'string') return t.failure(input, context);
  try {
    checkTopicName(input);
    return t.success(input);
  } catch (failure) {
    return t.failure(input, context, failure instanceof Error ? failure.message : String(failure));
  }
});

/** A path of a file; a relative one starts in this folder. */
export function filePath(folder: string): t.Type<string, unknown> {
  return decoder('a path', (input, context) =>
    typeof input === 'string' && input.trim() !== '' && !input.includes('\0')
      ? t.success(resolve(folder, input))
      : t.failure(input, context),
  );
}
