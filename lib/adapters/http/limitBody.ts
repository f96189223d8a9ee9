import { RequestError } from './problem.ts';

/** The refusal of a body that is too long. */
export function bodyTooLarge(maxBytes: number): RequestError {
  return new RequestError(413, 'body_too_large', `the body may be at most ${maxBytes} bytes long`);
}

/** The same request, with a body that fails as soon as more than `maxBytes` of it have come. */
export function limitBody(request: Request, maxBytes: number): Request {
  const { url, method, headers, signal } = request;
  if (request.body === null) return request;
  let bytes = 0;
  const counted = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      bytes += chunk.byteLength;
      if (bytes > maxBytes) controller.error(bodyTooLarge(maxBytes));
      else controller.enqueue(chunk);
    },
  });
  const body = request.body.pipeThrough(counted);
  const init: RequestInit & { duplex: 'half' } = { method, headers, signal, body, duplex: 'half' };
  return new Request(url, init);
}
