import { connect } from 'node:net';

/** Sends bytes to a port of this machine and gives all that comes back until the other side closes. */
export function raw(port: number, text: string | Uint8Array): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    let answer = '';
    socket.on('data', (data) => (answer += data.toString('latin1')));
    socket.on('error', () => undefined); // what came before the reset counts
    socket.on('close', () => resolve(answer));
  });
}
