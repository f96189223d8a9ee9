/** Another program listens where the server wants to. */
export class PortInUseError extends Error {
  override readonly name = 'PortInUseError';
  readonly code = 'port_in_use';
  readonly host: string;
  readonly port: number;

  constructor(host: string, port: number, options?: ErrorOptions) {
    super(`port ${port} on ${host} is in use: stop the program that listens there, or choose another port`, options);
    this.host = host;
    this.port = port;
  }
}

/** The machine does not let the server listen there. */
export class ListenError extends Error {
  override readonly name = 'ListenError';
  readonly code = 'cannot_listen';
  readonly host: string;
  readonly port: number;

  constructor(host: string, port: number, reason: string, options?: ErrorOptions) {
    super(`cannot listen on port ${port} of ${host}: ${reason}; choose another host or port`, options);
    this.host = host;
    this.port = port;
  }
}
