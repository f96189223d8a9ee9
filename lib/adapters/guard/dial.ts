import { connect as connectPlainly, type Socket, type TcpNetConnectOpts } from 'node:net';
import { connect as connectSecurely } from 'node:tls';

/** Where to connect to. */
export interface Destination {
  /** Checked: no other is connected to. At least one. */
  readonly addresses: readonly string[];
  readonly port: number;
  /** The name that the certificate must have. Undefined: no TLS. */
  readonly certified: string | undefined;
  /** The certificate authorities, as PEM, instead of the well-known ones. */
  readonly ca: string | undefined;
}

/** Opens a connection of its own to a destination. What goes wrong is an `error` of the socket. */
export type Dial = (destination: Destination) => Socket;

/** Connects with sockets of this machine. A certificate that does not hold is an error, whatever the environment says. */
export const dial: Dial = ({ addresses, port, certified, ca }) => {
  const where: TcpNetConnectOpts = { port, ...pinned(addresses) };
  if (certified === undefined) return connectPlainly(where);
  return connectSecurely({
    ...where,
    ...(ca !== undefined && { ca }),
    ...(/^[\d.]+$|:/.test(certified) ? {} : { servername: certified }), // an address is not sent as a name
    ALPNProtocols: ['http/1.1'],
    rejectUnauthorized: true,
  });
};

/** The addresses in place of a name: whoever connects cannot look it up again. */
function pinned(addresses: readonly string[]): Pick<TcpNetConnectOpts, 'host' | 'lookup' | 'autoSelectFamily'> {
  const [first = ''] = addresses;
  if (addresses.length === 1) return { host: first };
  const all = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  return {
    host: 'pinned.invalid',
    autoSelectFamily: true,
    lookup: (_name, options, done) => {
      if (options.all === true) done(null, all);
      else done(null, first, all[0]?.family);
    },
  };
}
