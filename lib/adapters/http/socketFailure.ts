/** Another program listens on a socket of the file system. */
export class SocketInUseError extends Error {
  override readonly name = 'SocketInUseError';
  readonly code = 'socket_in_use';
  readonly path: string;

  constructor(path: string) {
    super(`another program listens on ${path}: stop it, or choose another socket`);
    this.path = path;
  }
}

/** A socket of the file system that others could reach, or put their own in place of. */
export class UnsafeSocketError extends Error {
  override readonly name = 'UnsafeSocketError';
  readonly code = 'unsafe_socket';
  readonly path: string;

  constructor(path: string, problem: string) {
    super(`the socket ${path} is not used: ${problem}`);
    this.path = path;
  }
}
