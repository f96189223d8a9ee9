import * as t from 'io-ts';
import { readJson } from '../../adapters/http/readJson.ts';
import { RequestError } from '../../adapters/http/problem.ts';
import type { Codec } from '../../contracts/codec.ts';

/** What is to be put back. */
export interface RedriveRequest {
  readonly kind: 'queue' | 'route';
  readonly name: string;
  readonly max?: number | undefined;
}

const LONGEST_NAME = 512;

const Redrive: Codec<RedriveRequest> = t.intersection(
  [
    t.type({ kind: t.union([t.literal('queue'), t.literal('route')]), name: t.string }),
    t.partial({ max: t.number }),
    t.UnknownRecord,
  ],
  'a kind, a name, and a max where not all of them are meant',
);

/** What the body of a request asks to be put back. Throws RequestError. */
export async function readRedrive(request: Request): Promise<RedriveRequest> {
  const { kind, name, max, ...others } = await readJson(request, { codec: Redrive });
  if (Object.keys(others).length > 0) throw invalid('the body may have kind, name and max alone');
  if (name === '' || name.length > LONGEST_NAME) throw invalid(`name must have 1 to ${LONGEST_NAME} characters`);
  if (max !== undefined && !(Number.isSafeInteger(max) && max >= 1))
    throw invalid('max must be a whole number above 0');
  return { kind, name, max };
}

function invalid(says: string): RequestError {
  return new RequestError(400, 'invalid_body', says);
}
