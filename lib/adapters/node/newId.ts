import { randomBytes } from 'node:crypto';

/** 128 random bits as a text that can be typed at a command line: none begins with "-", as an option does. */
export function newId(): string {
  const id = randomBytes(16).toString('base64url');
  return id.startsWith('-') ? newId() : id;
}
