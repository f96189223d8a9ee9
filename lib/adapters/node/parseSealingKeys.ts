import { OptionError } from '../../../operators/errors.ts';
import type { AesGcmSealerOptions } from './aesGcmSealer.ts';
import { KEY_ID, MIN_SECRET_CHARS } from './sealingKeys.ts';

/** Stands in the place of a secret that is gone; it is too short to be one. */
const RETIRED = 'retired';

/**
 * Reads the keys of `aesGcmSealer` from one line, as an environment variable holds it: `id:secret`, separated by commas,
 * the sealing one first; `id:retired` for a key that is gone. Errors name the variable, and never show a secret.
 *
 * @example
 * const sealer = aesGcmSealer(parseSealingKeys('2026-11:correct horse battery,2026-10:retired'));
 */
export function parseSealingKeys(line: string, variable = 'PAGE_TOKEN_KEYS'): AesGcmSealerOptions {
  const entries = line.split(',').map((entry, i) => {
    const colon = entry.indexOf(':');
    const id = entry.slice(0, Math.max(colon, 0)).trim();
    const secret = entry.slice(colon + 1).trim();
    const wrong = (expected: string, found: string) =>
      new OptionError(`entry ${i + 1} of ${variable}`, expected, found);

    if (colon < 0) throw wrong('of the form id:secret', 'text without a colon');
    if (!KEY_ID.test(id)) throw wrong('an id of 1 to 16 letters, digits, - or _, a colon and a secret', 'another id');
    if (secret !== RETIRED && secret.length < MIN_SECRET_CHARS) {
      throw wrong(
        `an id, a colon and at least ${MIN_SECRET_CHARS} characters, or ${id}:${RETIRED}`,
        'a shorter secret',
      );
    }
    return { id, secret };
  });

  return {
    keys: entries.filter(({ secret }) => secret !== RETIRED),
    retiredKeyIds: entries.filter(({ secret }) => secret === RETIRED).map(({ id }) => id),
  };
}
