import { OptionError } from '../../../operators/errors.ts';

/** In characters: what a routing key may have. */
export const LONGEST_TOPIC_NAME = 255;

const NAME = /^[\w-]+(?:\.[\w-]+)*$/;

/** Throws OptionError unless it is a name that a pattern can be matched with. */
export function checkTopicName(name: string, option = 'name'): void {
  if (name.length > LONGEST_TOPIC_NAME || !NAME.test(name)) {
    throw new OptionError(
      option,
      `words of letters, digits, _ and -, with dots between, of at most ${LONGEST_TOPIC_NAME}`,
      name,
    );
  }
}
