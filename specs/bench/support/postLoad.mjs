import { Buffer } from 'node:buffer';
import { connect } from 'node:net';
import { performance } from 'node:perf_hooks';

const HEAD_END = '\r\n\r\n';

/**
 * Posts JSON to a server over so many connections, one request at a time on each, for so long. Gives how many were answered,
 * how many with a status from 200 to 299, and how long each took, in ms. As little as possible is done for an answer, so
 * that it is the server that is measured.
 */
export async function postLoad({ port, path, connections, forMs, bodyOf }) {
  const end = performance.now() + forMs;
  const took = [];
  let succeeded = 0;
  let failed = 0;

  await Promise.all(Array.from({ length: connections }, (_, connection) => run(connection)));
  return { answered: took.length, succeeded, failed, took };

  function run(connection) {
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1', noDelay: true });
      let text = '';
      let sent = 0;
      let since = 0;

      const send = () => {
        if (performance.now() >= end) {
          socket.destroy();
          resolve();
          return;
        }
        const body = bodyOf(connection, sent++);
        const head = `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\ncontent-type: application/json\r\n`;
        since = performance.now();
        socket.write(`${head}content-length: ${Buffer.byteLength(body)}${HEAD_END}${body}`);
      };

      socket.on('data', (data) => {
        text += data.toString('latin1');
        const at = text.indexOf(HEAD_END);
        if (at < 0) return;
        const [, length = '0'] = /content-length: (\d+)/i.exec(text) ?? [];
        if (text.length < at + HEAD_END.length + Number(length)) return;
        took.push(performance.now() - since);
        if (text.startsWith('HTTP/1.1 2')) succeeded++;
        else failed++;
        text = '';
        send();
      });
      socket.on('connect', send);
      socket.on('error', reject);
      socket.on('close', () =>
        performance.now() < end ? reject(new Error('Error: a connection was closed')) : resolve(),
      );
    });
  }
}
