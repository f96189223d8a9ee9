import { OptionError } from '../../../operators/errors.ts';
import { httpUrl } from '../../boundary/httpTarget.ts';
import type { ManagerTls } from './managerFetch.ts';

/** Where the REST server of a queue manager is, and how it is asked. */
export interface IbmMqOptions {
  /** The queue manager: up to 48 letters, digits, `.`, `/`, `_` and `%`. */
  readonly manager: string;
  /** Of the REST server: `https://mq.example:9443`. */
  readonly url: string | URL;
  /** For basic authentication. Default: none. */
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  readonly tls?: ManagerTls | undefined;
  /** Longest wait for the whole answer, in ms. Default: 30 000. */
  readonly timeoutMs?: number | undefined;
  /** Largest answer, in bytes. Default: 32 MiB. */
  readonly maxBytes?: number | undefined;
}

const MANAGER = /^[A-Za-z0-9._/%]{1,48}$/;

/** The URL of a resource of a manager; its name stands in the place of `{manager}`. */
export function managerUrl({ manager, url }: IbmMqOptions, path: string): URL {
  if (!MANAGER.test(manager) || /^\.+$/.test(manager))
    throw new OptionError('manager', 'up to 48 letters, digits, ".", "/", "_" and "%"', manager);
  const base = httpUrl(url);
  const root = base.pathname.replace(/\/+$/, '');
  // A dot is escaped as well: the server takes it for the beginning of a file's extension.
  const name = encodeURIComponent(manager).replaceAll('.', '%2E');
  return new URL(root + path.replace('{manager}', name), base);
}

/** Who asks, and the header without which the server takes a request for a forged one. */
export function managerHeaders({ user, password = '' }: IbmMqOptions): Readonly<Record<string, string>> {
  const basic = Buffer.from(`${user ?? ''}:${password}`).toString('base64');
  return { 'ibm-mq-rest-csrf-token': '', ...(user !== undefined && { authorization: `Basic ${basic}` }) };
}
