import { isLeft, right } from 'fp-ts/lib/Either.js';
import { RequestError } from '../../adapters/http/problem.ts';
import { readJson } from '../../adapters/http/readJson.ts';
import type { Codec } from '../../contracts/codec.ts';
import { faultsOf } from '../../contracts/failure.ts';
import type { RouteSpec } from './routingSpec.ts';

const ANY_JSON: Codec<unknown> = { name: 'JSON', decode: right };

/** The route in the body of a request. Throws RequestError, in the words of the configuration file, at any other body. */
export async function readRoute(request: Request, codec: Codec<RouteSpec>): Promise<RouteSpec> {
  const decoded = codec.decode(await readJson(request, { codec: ANY_JSON }));
  if (!isLeft(decoded)) return decoded.right;
  const problems = decoded.left.map((problem) => {
    const { at, expected, found } = faultsOf([problem])[0]!;
    return `${at} ${problem.message ?? `must be ${expected}, not ${found}`}`;
  });
  throw new RequestError(400, 'invalid_route', problems.join('; '));
}
