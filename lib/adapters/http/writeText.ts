import type { ServerResponse } from 'node:http';
import type { TextResponse } from './textResponse.ts';

/** Writes an answer whose body is a text, in one piece. */
export function writeText(response: TextResponse, outgoing: ServerResponse): void {
  const { whole, status } = response;
  outgoing.writeHead(status, { ...response.headersByName(), 'content-length': Buffer.byteLength(whole) });
  outgoing.end(whole);
}
