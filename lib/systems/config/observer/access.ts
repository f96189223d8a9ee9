import { ofText } from '../textCodecs.ts';

/** Who may do what. */
export interface AccessSettings {
  /** What whoever flushes the registrations must send as bearer token. Absent: nobody may. */
  readonly adminToken: string | undefined;
  /** What whoever reads the figures must send; the token of the admin will do too. */
  readonly metricsToken: string | undefined;
  /** Owner by API key. Absent: see `open`. */
  readonly keys: ReadonlyMap<string, string> | undefined;
  /** True: without keys, whoever reaches the server may register, and not only on the loopback address. */
  readonly open: boolean;
}

const SECRET = /^[A-Za-z0-9._~+/=-]{16,256}$/;
const OWNER = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$/;

/** A token: long enough not to be guessed, of the characters that a bearer token may have. */
export const token = ofText('16 to 256 characters of A-Z a-z 0-9 . _ ~ + / = -', (text) =>
  SECRET.test(text) ? text : undefined,
);

/** `owner:key` with commas between them; an owner may have several keys, so that keys can be changed. */
export const apiKeys = ofText(
  'owner:key pairs with commas between them',
  (text): ReadonlyMap<string, string> | undefined => {
    const pairs = text.split(',').map((pair) => pair.trim());
    const keys = new Map<string, string>();
    for (const pair of pairs) {
      const at = pair.indexOf(':');
      const [owner, key] = [pair.slice(0, at), pair.slice(at + 1)];
      if (at < 0 || !OWNER.test(owner) || !SECRET.test(key) || keys.has(key)) return undefined;
      keys.set(key, owner);
    }
    return keys;
  },
);
