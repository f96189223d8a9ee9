import { OptionError } from '../../operators/errors.ts';

const KEY = /^[ -~]{1,512}$/;

/** Throws OptionError for a key that not every inbox can keep. */
export function checkInboxKey(key: string): void {
  if (!KEY.test(key)) throw new OptionError('key', '1 to 512 characters of printable ASCII', key);
}
