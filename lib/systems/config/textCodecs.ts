import { isLeft } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { BlockList, isIP } from 'node:net';
import { decoder } from './codecs.ts';

const MINUTE_MS = 60_000;
/** A hundred years, about. */
const MAX_MINUTES = 52_560_000;
const MOST_PARTS = 1_000;

/** A whole number that is written in digits. */
export function wholeText(min: number, max: number): t.Type<number, unknown> {
  return ofText(`a whole number from ${min} to ${max}`, (text) =>
    /^\d{1,15}$/.test(text) && Number(text) >= min && Number(text) <= max ? Number(text) : undefined,
  );
}

/** A time in whole minutes, given back in ms. */
export const minutes: t.Type<number, unknown> = ofText(`a whole number of minutes from 1 to ${MAX_MINUTES}`, (text) => {
  const count = /^\d{1,15}$/.test(text) ? Number(text) : 0;
  return count >= 1 && count <= MAX_MINUTES ? count * MINUTE_MS : undefined;
});

/** On when it says anything. What looks like "off" is refused, for it would turn on what it means to turn off. */
export const flag: t.Type<boolean, unknown> = decoder('a flag', (input, context) =>
  typeof input === 'string' && /^\s*(?:0|no|off|false|none)\s*$/i.test(input)
    ? t.failure(input, context, `is ${JSON.stringify(input.trim())}, and any value turns it on: leave it out instead`)
    : t.success(typeof input === 'string' && input !== ''),
);

/** A text on one line. */
export const line: t.Type<string, unknown> = ofText('a text on one line of at most 1024 characters', (text) =>
  isLine(text) ? text : undefined,
);

/** A text on one line that no message shows. */
export const hidden: t.Type<string, unknown> = decoder('a text', (input, context) =>
  typeof input === 'string' && isLine(input)
    ? t.success(input)
    : t.failure(input, context, 'must be a text on one line of at most 1024 characters'),
);

/** The name of a queue manager, or of a broker that stands for one. */
export const managerName: t.Type<string, unknown> = ofText(
  'the name of a queue manager: at most 48 of the characters A-Z a-z 0-9 . / _ %',
  (text) => (/^[A-Za-z0-9._/%]{1,48}$/.test(text) && !/^\.+$/.test(text) ? text : undefined),
);

/** The address of a service, `https://` where it has no scheme; no path, no user. Given back without a slash at its end. */
export const serviceAddress: t.Type<string, unknown> = decoder('an address', (input, context) => {
  const text = typeof input !== 'string' ? '' : /^[a-z][a-z\d+.-]*:\/\//i.test(input) ? input : `https://${input}`;
  const url = isLine(text) && URL.canParse(text) ? new URL(text) : undefined;
  const isPlain = url !== undefined && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '';
  return isPlain && url.search === '' && url.hash === ''
    ? t.success(url.href.replace(/\/+$/, ''))
    : t.failure(input, context, 'must be a host, or an http or https URL without a user, a query and a fragment');
});

/** The address of an AMQP broker. It may hold a password, and is never shown. */
export const amqpAddress: t.Type<string, unknown> = decoder('an amqp or amqps URL', (input, context) =>
  typeof input === 'string' && isLine(input) && URL.canParse(input) && /^amqps?:$/.test(new URL(input).protocol)
    ? t.success(input)
    : t.failure(input, context, 'must be an amqp or amqps URL'),
);

/** Texts with commas between them. */
export function listed<A>(each: t.Decoder<unknown, A>, what: string): t.Type<readonly A[], unknown> {
  return decoder(what, (input, context) => {
    const parts = typeof input === 'string' ? input.split(',').map((part) => part.trim()) : [];
    const values = parts.slice(0, MOST_PARTS).flatMap((part) => {
      const decoded = each.decode(part);
      return isLeft(decoded) ? [] : [decoded.right];
    });
    return values.length > 0 && values.length === parts.length ? t.success(values) : t.failure(input, context);
  });
}

/** A network such as 10.0.0.0/8 or fd00::/8, or one address. */
export const network: t.Type<string, unknown> = ofText('a network', (text) => {
  const [address = '', prefix, ...rest] = text.split('/');
  const family = isIP(address);
  const most = family === 6 ? 128 : 32;
  if (family === 0 || rest.length > 0) return undefined;
  if (prefix === undefined) return `${address}/${most}`;
  if (!/^\d{1,3}$/.test(prefix) || Number(prefix) > most) return undefined;
  new BlockList().addSubnet(address, Number(prefix), family === 6 ? 'ipv6' : 'ipv4');
  return `${address}/${Number(prefix)}`;
});

/** A codec of texts: undefined is none of them. */
export function ofText<A>(name: string, parse: (text: string) => A | undefined): t.Type<A, unknown> {
  return decoder(name, (input, context) => {
    const parsed = typeof input === 'string' ? parse(input) : undefined;
    return parsed === undefined ? t.failure(input, context) : t.success(parsed);
  });
}

function isLine(text: string): boolean {
  // eslint-disable-next-line no-control-regex -- they are what this is about
  return text.trim() !== '' && text.length <= 1_024 && !/[\u0000-\u001f\u007f]/.test(text);
}
