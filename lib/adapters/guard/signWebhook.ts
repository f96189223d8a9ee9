import { createHmac } from 'node:crypto';
import { OptionError } from '../../../operators/errors.ts';

/** What is signed. */
export interface SignedPart {
  /** Of the notification: the same on every attempt. */
  readonly id: string;
  /** Of the attempt, in ms. */
  readonly time: number;
  /** As it is sent. */
  readonly body: Uint8Array;
}

const SECRET = /^(?:whsec_)?([A-Za-z0-9+/]+={0,2})$/;
const MIN_BYTES = 24;
const MAX_BYTES = 64;

/**
 * Signs as Standard Webhooks ask for, with each of the secrets, so that one can be replaced by the next while both are
 * accepted. Gives the headers; none without a secret. A secret is `whsec_` and 24 to 64 bytes in base64.
 */
export function createWebhookSigner(
  secrets: readonly string[],
): (part: SignedPart) => Readonly<Record<string, string>> {
  const keys = secrets.map(keyOf);

  return ({ id, time, body }) => {
    if (keys.length === 0) return {};
    const timestamp = String(Math.floor(time / 1_000));
    const signatures = keys.map((key) => {
      const hmac = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body);
      return `v1,${hmac.digest('base64')}`;
    });
    return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') };
  };
}

function keyOf(secret: string): Buffer {
  const key = Buffer.from(SECRET.exec(secret)?.[1] ?? '', 'base64');
  if (key.byteLength >= MIN_BYTES && key.byteLength <= MAX_BYTES) return key;
  throw new OptionError('secrets', 'whsec_ and 24 to 64 bytes in base64', 'another text, not shown');
}
