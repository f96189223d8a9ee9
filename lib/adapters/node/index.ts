export { aesGcmSealer, type AesGcmSealerOptions } from './aesGcmSealer.ts';
export { ephemeralSealer, type EphemeralSealerOptions } from './ephemeralSealer.ts';
export { parseSealingKeys } from './parseSealingKeys.ts';
export type { SealingKey } from './sealingKeys.ts';
