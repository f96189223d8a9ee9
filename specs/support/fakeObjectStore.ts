import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

/**
 * What goes wrong with one request. `refuse500`: nothing is done, 500. `accept500`: it is done, 500 all the same. `lose`: it
 * is done, and the connection breaks. `drop`: nothing is done, and the connection breaks. `hang`: nothing, for ever. `slow`:
 * done after a while. `conflict409`: nothing is done, 409. `tear`: half of a put is kept, and told as whole. `cut`: the answer
 * ends half way.
 */
export type StoreFault = 'refuse500' | 'accept500' | 'lose' | 'drop' | 'hang' | 'slow' | 'conflict409' | 'tear' | 'cut';

/** A store of objects, with the calls of S3 that a registry takes: path style, ETags, conditions. */
export interface FakeObjectStore {
  readonly endpoint: string;
  /** By `bucket/key`. */
  readonly objects: Map<string, Buffer>;
  readonly buckets: Set<string>;
  /** The requests so far: `PUT bucket/key`. */
  readonly calls: readonly string[];
  /** The headers of the last request. */
  headers: IncomingMessage['headers'];
  /** Says what goes wrong with a call; undefined: nothing. */
  fault: (call: string) => StoreFault | undefined;
}

/** What kind of store it is. */
export interface FakeObjectStoreOptions {
  /** Writes whatever the conditions say, as s3rver does. */
  readonly ignoresConditions?: boolean;
  /** Knows ETags in conditions without their quotes only, as old versions of Ceph do. */
  readonly bareEtags?: boolean;
  /** Who may come in: how the header begins. Default: anybody. */
  readonly authorization?: string;
}

const SLOW_MS = 20;

/** Opens one for a test. */
export async function fakeObjectStore(options: FakeObjectStoreOptions = {}): Promise<FakeObjectStore> {
  const calls: string[] = [];
  const buckets = new Set<string>();
  const objects = new Map<string, Buffer>();

  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const { pathname } = new URL(request.url ?? '', 'http://fake');
    const path = decodeURIComponent(pathname).replace(/^\/|\/$/g, '');
    const call = `${request.method ?? ''} ${path}`;
    calls.push(call);
    fake.headers = request.headers;
    const body = await buffer(request);
    const fault = fake.fault(call);

    if (fault === 'slow') await new Promise((resolve) => setTimeout(resolve, SLOW_MS));
    if (fault === 'hang') return;
    if (fault === 'drop') response.destroy();
    else if (fault === 'refuse500') refuse(response, 500, 'InternalError');
    else if (fault === 'conflict409') refuse(response, 409, 'ConditionalRequestConflict');
    else {
      const reply = answer(request, path, fault === 'tear' ? body.subarray(0, body.length / 2) : body);
      if (fault === 'accept500') refuse(response, 500, 'InternalError');
      else if (fault === 'lose') response.destroy();
      else send(response, reply, fault === 'cut');
    }
  };

  const answer = ({ method, headers }: IncomingMessage, path: string, body: Buffer): Reply => {
    if (!(headers.authorization ?? '').startsWith(options.authorization ?? '')) return [403, {}, 'AccessDenied'];
    const [bucket = '', ...rest] = path.split('/');
    if (rest.length === 0) return ofBucket(method, bucket);
    if (!buckets.has(bucket)) return [404, {}, 'NoSuchBucket'];
    const stored = objects.get(path);
    if (method === 'GET' || method === 'HEAD') return stored ? [200, tagged(stored), stored] : [404, {}, 'NoSuchKey'];
    if (method === 'DELETE') return (objects.delete(path), [204, {}]);
    const condition = unmet(headers, stored);
    if (condition !== undefined) return [condition === 'missing' ? 404 : 412, {}, 'PreconditionFailed'];
    const source = headers['x-amz-copy-source'];
    if (typeof source === 'string') {
      const copied = objects.get(decodeURIComponent(source).replace(/^\//, ''));
      if (!copied) return [404, {}, 'NoSuchKey'];
      if (!matches(String(headers['x-amz-copy-source-if-match']), copied)) return [412, {}, 'PreconditionFailed'];
      objects.set(path, copied);
      return [200, {}, `<CopyObjectResult><ETag>${etagOf(copied)}</ETag></CopyObjectResult>`];
    }
    objects.set(path, body);
    return [200, tagged(body)];
  };
  const ofBucket = (method: string | undefined, bucket: string): Reply => {
    if (method === 'HEAD') return buckets.has(bucket) ? [200, {}] : [404, {}, 'NoSuchBucket'];
    if (buckets.has(bucket)) return [409, {}, 'BucketAlreadyOwnedByYou'];
    buckets.add(bucket);
    return [200, { location: `/${bucket}` }];
  };
  const matches = (condition: string, stored: Buffer) =>
    condition === (options.bareEtags ? etagOf(stored).replaceAll('"', '') : etagOf(stored));
  const unmet = (headers: IncomingMessage['headers'], stored: Buffer | undefined): 'missing' | 'other' | undefined => {
    if (options.ignoresConditions) return undefined;
    if (headers['if-none-match'] === '*' && stored) return 'other';
    const wanted = headers['if-match'];
    if (wanted === undefined) return undefined;
    if (!stored) return 'missing';
    return matches(wanted, stored) ? undefined : 'other';
  };

  const server = createServer((request, response) => void handle(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const fake: FakeObjectStore = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    objects,
    buckets,
    calls,
    headers: {},
    fault: () => undefined,
  };
  return fake;
}

type Reply = [status: number, headers: Readonly<Record<string, string>>, body?: string | Buffer];

const etagOf = (content: Buffer) => `"${createHash('md5').update(content).digest('hex')}"`;
const tagged = (content: Buffer) => ({ etag: etagOf(content), 'last-modified': 'Thu, 01 Jan 2026 00:00:00 GMT' });

/** A text is the code of an error, or XML. */
function send(response: ServerResponse, [status, headers, body = '']: Reply, cut: boolean): void {
  if (typeof body === 'string' && status >= 400) {
    refuse(response, status, body);
    return;
  }
  const content = Buffer.from(body);
  response.writeHead(status, { ...headers, 'content-length': content.byteLength });
  if (!cut) {
    response.end(response.req.method === 'HEAD' ? undefined : content);
    return;
  }
  response.write(content.subarray(0, content.byteLength / 2), () => response.destroy());
}

function refuse(response: ServerResponse, status: number, code: string): void {
  const xml = `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`;
  response
    .writeHead(status, { 'content-type': 'application/xml' })
    .end(response.req.method === 'HEAD' ? undefined : xml);
}
