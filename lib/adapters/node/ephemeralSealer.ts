import { randomBytes } from 'node:crypto';
import type { TokenSealer } from '../../contracts/tokenSealer.ts';
import { aesGcmSealer } from './aesGcmSealer.ts';

/** Where {@link ephemeralSealer} says what its tokens are worth. */
export interface EphemeralSealerOptions {
  /** Called once, at the call. Default: a warning of the process. */
  readonly warn?: ((message: string) => void) | undefined;
}

/**
 * Seals page tokens with a random key that nobody keeps: for one process that has none configured. Its tokens are not
 * valid after a restart, nor in another instance.
 *
 * @example
 * const sealer = keys === undefined ? ephemeralSealer() : aesGcmSealer(parseSealingKeys(keys));
 */
export function ephemeralSealer(options: EphemeralSealerOptions = {}): TokenSealer {
  const { warn = (message: string) => process.emitWarning(message, 'PageTokenWarning') } = options;
  warn('no key for page tokens is configured: they end with this process and mean nothing to another one');
  return aesGcmSealer({ keys: [{ id: randomBytes(6).toString('base64url'), secret: randomBytes(32) }] });
}
