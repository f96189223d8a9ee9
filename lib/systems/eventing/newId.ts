import { randomBytes } from 'node:crypto';

/** 128 random bits as a text. */
export function newId(): string {
  return randomBytes(16).toString('base64url');
}
