// What Node's HTTP server does by itself with such a request: the body read, parsed, kept and sent back.
import { Buffer } from 'node:buffer';
import { createServer } from 'node:http';
import process from 'node:process';

const kept = new Map();
const server = createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const registration = JSON.parse(Buffer.concat(chunks).toString());
    kept.set(registration.id, registration);
    const body = JSON.stringify(registration);
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
    response.end(body);
  });
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`ready at http://127.0.0.1:${server.address().port}/\n`));
