import { S3Client } from '@aws-sdk/client-s3';
import { OptionError } from '../../../operators/errors.ts';
import { createIamToken, type IamOptions } from '../ibmcloud/createIamToken.ts';

/** Keys of HMAC, as every S3 has them. */
export interface HmacCredentials {
  readonly kind: 'hmac';
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** The key of a user or service of IBM Cloud. */
export interface IamCredentials extends IamOptions {
  readonly kind: 'iam';
  /** Where a bucket is made in. Default: buckets cannot be made. */
  readonly resourceInstanceId?: string | undefined;
}

/** How a store of objects is reached. */
export interface S3Access {
  /** `https://s3.eu-de.cloud-object-storage.appdomain.cloud`; without `https://` as well. */
  readonly endpoint: string;
  /** Default: `us-east-1`, which most stores other than AWS take. */
  readonly region?: string | undefined;
  readonly credentials: HmacCredentials | IamCredentials;
}

/** A client that tries once, so that nothing is written twice unseen, and keeps no connection. */
export function createS3Client({ endpoint, region = 'us-east-1', credentials }: S3Access, timeoutMs: number): S3Client {
  const url = /^https?:\/\//.test(endpoint) ? endpoint : `https://${endpoint}`;
  if (!URL.canParse(url)) throw new OptionError('endpoint', 'the URL of a store of objects', endpoint);
  const shared = {
    endpoint: url,
    region,
    forcePathStyle: true,
    maxAttempts: 1,
    // Stores other than AWS's refuse checksums that they do not know.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: {
      connectionTimeout: timeoutMs,
      requestTimeout: timeoutMs,
      httpAgent: { keepAlive: false },
      httpsAgent: { keepAlive: false },
    },
  } as const;
  if (credentials.kind === 'hmac') {
    const { accessKeyId, secretAccessKey } = credentials;
    return new S3Client({ ...shared, credentials: { accessKeyId, secretAccessKey } });
  }

  const token = createIamToken(credentials);
  const { resourceInstanceId: instance } = credentials;
  return new S3Client({
    ...shared,
    credentials: { accessKeyId: '-', secretAccessKey: '-' }, // asked for, and not used
    signer: {
      sign: async (request) => {
        request.headers['authorization'] = `Bearer ${await token()}`;
        if (instance !== undefined) request.headers['ibm-service-instance-id'] = instance;
        return request;
      },
    },
  });
}
