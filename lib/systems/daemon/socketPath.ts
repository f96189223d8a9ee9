import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where the daemon of this user listens: RXFAN_DAEMON_SOCKET, else in the folder for sockets, else in the one for state. */
export function socketPath(env: Readonly<Record<string, string | undefined>>): string {
  const { RXFAN_DAEMON_SOCKET: named = '', XDG_RUNTIME_DIR: runtime = '', XDG_STATE_HOME: state = '' } = env;
  if (named !== '') return named;
  const { HOME: home = homedir() } = env;
  const base = runtime !== '' ? runtime : state !== '' ? state : join(home, '.local', 'state');
  return join(base, 'rxfan', 'daemon.sock');
}
