import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { TooLargeError } from '../../boundary/tooLargeError.ts';
import { UnreachableError } from '../../contracts/failure.ts';
import { isAbsent, statusOf } from './s3Failure.ts';

/** An object as it was read. */
export interface StoredObject {
  readonly bytes: Uint8Array;
  /** Without quotes. */
  readonly etag: string;
}

/** How ETags are written in conditions: as HTTP has it, or without quotes, as old versions of Ceph want them. */
export type EtagForm = 'quoted' | 'bare';

/** What a state must be for a write to take effect: the one with this ETag, or none. */
export type Condition = { readonly etag: string } | 'absent';

/** The objects of one bucket, as far as a registry needs them. Each call is one request; errors are those of the SDK. */
export function bucketObjects(client: S3Client, bucket: string, form: EtagForm) {
  const inForm = (etag: string) => (form === 'quoted' ? `"${etag}"` : etag);

  return {
    /** Makes the bucket where there is none. */
    async prepare(abortSignal: AbortSignal): Promise<void> {
      try {
        await client.send(new HeadBucketCommand({ Bucket: bucket }), { abortSignal });
      } catch (failure) {
        if (statusOf(failure) !== 404) throw failure;
        await client.send(new CreateBucketCommand({ Bucket: bucket }), { abortSignal }).catch((refused: unknown) => {
          if (statusOf(refused) !== 409) throw refused; // another one has made it meanwhile, or it is somebody else's
        });
      }
    },
    /** Undefined: there is no such object. */
    async get(key: string, maxBytes: number, abortSignal: AbortSignal): Promise<StoredObject | undefined> {
      const answer = await client
        .send(new GetObjectCommand({ Bucket: bucket, Key: key }), { abortSignal })
        .catch((failure: unknown) => {
          if (isAbsent(failure)) return undefined;
          throw failure;
        });
      if (!answer) return undefined;
      const bytes = await readBody(`${bucket}/${key}`, answer.Body as AsyncIterable<Uint8Array>, maxBytes);
      if (answer.ContentLength !== undefined && answer.ContentLength !== bytes.byteLength)
        throw new UnreachableError(`${bucket}/${key}`, 'the answer was cut off');
      return { bytes, etag: bare(answer.ETag) };
    },
    /** Gives the ETag of what was written. */
    async put(key: string, bytes: Uint8Array, condition: Condition, abortSignal: AbortSignal): Promise<string> {
      const expected = condition === 'absent' ? { IfNoneMatch: '*' } : { IfMatch: inForm(condition.etag) };
      const command = new PutObjectCommand({
        Bucket: bucket,
        Key: key,
        Body: bytes,
        ContentType: 'application/x-ndjson',
        ...expected,
      });
      const { ETag: etag } = await client.send(command, { abortSignal });
      return bare(etag);
    },
    /** Copies an object within the bucket, if it is still the one with this ETag. */
    async copy(from: string, to: string, etag: string, abortSignal: AbortSignal): Promise<void> {
      const source = `${bucket}/${from}`.split('/').map(encodeURIComponent).join('/');
      const condition = { CopySource: source, CopySourceIfMatch: inForm(etag) };
      await client.send(new CopyObjectCommand({ Bucket: bucket, Key: to, ...condition }), { abortSignal });
    },
    async remove(key: string, abortSignal: AbortSignal): Promise<void> {
      await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }), { abortSignal });
    },
  };
}

export type BucketObjects = ReturnType<typeof bucketObjects>;

function bare(etag: string | undefined): string {
  return (etag ?? '').replace(/^W\//, '').replaceAll('"', '');
}

async function readBody(where: string, body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) throw new TooLargeError(where, maxBytes); // ends the loop, and so the answer
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
