import { RefusedError, UnreachableError } from '../../contracts/failure.ts';

/** Who asks IBM Cloud, and where it is proven. */
export interface IamOptions {
  readonly apikey: string;
  /** Of the token service. Default: `https://iam.cloud.ibm.com`. */
  readonly authUrl?: string | undefined;
  /** Names the program to the token service. Default: it is not named. */
  readonly client?: { readonly id: string; readonly secret: string } | undefined;
}

/**
 * Gives a bearer token of IBM Cloud whenever it is called: one is asked for when there is none, or it is about to run out.
 * Rejects with UnreachableError or RefusedError, which show no key. Needs the package `ibm-cloud-sdk-core`.
 */
export function createIamToken({
  apikey,
  authUrl = 'https://iam.cloud.ibm.com',
  client,
}: IamOptions): () => Promise<string> {
  // What the SDK is told ends with the host; settings name the whole address.
  const url = authUrl.replace(/\/identity\/token\/?$/, '');
  const where = URL.canParse(url) ? new URL(url).origin : 'the token service';
  let opening: Promise<{ getToken(): Promise<unknown> }> | undefined;

  return async () => {
    // Loaded when it is needed: who signs by HMAC has no use for it.
    opening ??= import('ibm-cloud-sdk-core').then(
      ({ IamTokenManager }) =>
        new IamTokenManager({ apikey, url, ...(client && { clientId: client.id, clientSecret: client.secret }) }),
    );
    const manager = await opening;
    try {
      return String(await manager.getToken());
    } catch (failure) {
      throw notGiven(where, failure); // without its cause, which has the request, and so the key
    }
  };
}

function notGiven(where: string, failure: unknown): Error {
  const status = typeof failure === 'object' && failure !== null && 'status' in failure ? failure.status : undefined;
  if (typeof status === 'number' && status >= 400 && status < 500)
    return new RefusedError(where, `it gives no token, status ${status}`, { status });
  return new UnreachableError(where, typeof status === 'number' ? `status ${status}` : 'it gives no token');
}
