import { resolve } from 'node:path';
import { means } from '../described.ts';
import type { STORAGE_KEYS } from './observerFile.ts';
import { overridden } from './overridden.ts';
import { readTexts } from '../readTexts.ts';
import type { SetTexts, Variables } from '../setText.ts';
import { hidden, line, ofText, serviceAddress } from '../textCodecs.ts';

/** Where registrations are kept. */
export type StorageSettings =
  { readonly kind: 'memory' } | { readonly kind: 'file'; readonly path: string } | CloudStorageSettings;

/** A bucket of an object store, IBM Cloud Object Storage or another one that speaks S3. */
export interface CloudStorageSettings {
  readonly kind: 'cos';
  readonly bucket: string;
  readonly key: string;
  readonly endpoint: string;
  readonly region: string | undefined;
  readonly credentials:
    | {
        readonly kind: 'iam';
        readonly apiKey: string;
        readonly tokenUrl: string;
        readonly instanceId: string | undefined;
      }
    | { readonly kind: 'hmac'; readonly accessKeyId: string; readonly secretAccessKey: string };
}

const TOKEN_URL = 'https://iam.cloud.ibm.com/identity/token';
const bucketName = ofText('the name of a bucket', (text) =>
  /^[a-z0-9][a-z0-9.-]{1,62}$/.test(text) ? text : undefined,
);
/** What the section of the storage says. */
export const storageCodecs = {
  bucket: means('Where registrations are kept.', bucketName),
  object_key: means('What the object is called. Default: registrations.', line),
  auth_endpoint: means('Gives tokens for the API key. Default: that of IBM Cloud.', serviceAddress),
  cos_apikey: means('An API key of IBM Cloud.', hidden),
  endpoints: means('Of the store.', serviceAddress),
  resource_instance_id: means('Of the store, for IBM Cloud.', line),
  access_key_id: means('In place of an API key.', line),
  secret_access_key: means('With this.', hidden),
  region: means('Of the bucket. Default: what the store says.', line),
};

/**
 * Where registrations are kept: NO_COS or a path in OBSERVER_STORE keep them here, otherwise the bucket that is set; where
 * nothing is set, in memory.
 */
export function readStorage(section: SetTexts, env: Variables, problems: string[]): StorageSettings {
  const path = env['OBSERVER_STORE'];
  if (path?.trim() === '') problems.push('OBSERVER_STORE must be the path of a file, or memory');
  if (path === 'memory') return { kind: 'memory' };
  if (path !== undefined) return { kind: 'file', path: resolve(path) };
  if ((env['NO_COS'] ?? '') !== '') return { kind: 'memory' };

  const texts = overridden(section, env, NAMES);
  if (Object.keys(texts).filter((key) => key !== 'auth_endpoint').length === 0) return { kind: 'memory' };
  const before = problems.length;
  const values = readTexts(texts, storageCodecs, problems);
  const { bucket, object_key: key = 'registrations', endpoints: endpoint, region } = values;
  const { cos_apikey: apiKey, access_key_id: accessKeyId, secret_access_key: secretAccessKey } = values;
  const needs = (what: string) => problems.push(`COS_STORAGE needs ${what}, or NO_COS to do without`);
  if (problems.length > before) return { kind: 'memory' };
  if (bucket === undefined) needs('bucket');
  if (endpoint === undefined) needs('endpoints');
  const hmac = accessKeyId !== undefined && secretAccessKey !== undefined;
  if (apiKey === undefined && !hmac) needs('cos_apikey, or access_key_id and secret_access_key');
  if (problems.length > before) return { kind: 'memory' };
  return {
    kind: 'cos',
    bucket: bucket!,
    key,
    endpoint: endpoint!,
    region,
    credentials: hmac
      ? { kind: 'hmac', accessKeyId, secretAccessKey }
      : {
          kind: 'iam',
          apiKey: apiKey!,
          tokenUrl: values.auth_endpoint ?? TOKEN_URL,
          instanceId: values.resource_instance_id,
        },
  };
}

/** The variables of each key, the first one that is set counts. `apikey` is what the seed's text calls it. */
const NAMES: Readonly<Record<(typeof STORAGE_KEYS)[number], readonly string[]>> = {
  bucket: ['bucket'],
  object_key: ['object_key'],
  auth_endpoint: ['auth_endpoint'],
  cos_apikey: ['cos_apikey', 'apikey'],
  endpoints: ['endpoints'],
  resource_instance_id: ['resource_instance_id'],
  access_key_id: ['cos_access_key_id'],
  secret_access_key: ['cos_secret_access_key'],
  region: ['cos_region'],
};
