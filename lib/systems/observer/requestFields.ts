import { isLeft } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { RequestError } from '../../adapters/http/problem.ts';
import { readForm } from '../../adapters/http/readForm.ts';
import { isJson, readJson } from '../../adapters/http/readJson.ts';
import { quoted } from '../../adapters/http/readQuery.ts';
import type { Codec } from '../../contracts/codec.ts';

/** What a request may say of a registration, as texts. */
export type FieldName = 'id' | 'qmgr' | 'queue' | 'notify' | 'mindepth' | 'mingapms';
export type Fields = Readonly<Partial<Record<FieldName, string>>>;

const NAMES: ReadonlySet<string> = new Set<FieldName>(['id', 'qmgr', 'queue', 'notify', 'mindepth', 'mingapms']);
const MOST_FIELDS = 20;
const flat = t.record(t.string, t.union([t.string, t.number]), 'an object of texts and numbers');
const Body: Codec<Readonly<Record<string, string | number>>> = {
  name: flat.name,
  decode: (input) => {
    const decoded = flat.decode(input);
    return isLeft(decoded) && Array.isArray(input) ? t.failure(input, []) : decoded;
  },
};

/**
 * The fields that a request has, in its query and in its body: JSON, or a form. Their names are read in any case, with or
 * without `_`: `QMGR`, `qmgr`, `min_depth`, `minDepth`. Throws RequestError: 400 for a field that nobody reads or that is
 * given twice, 415 for another kind of body.
 */
export async function requestFields(request: Request): Promise<Fields> {
  const { headers } = request;
  const query = [...queryOf(request.url)];
  const hasBody =
    headers.has('content-type') || headers.has('transfer-encoding') || Number(headers.get('content-length') ?? 0) > 0;
  if (!hasBody && request.method !== 'POST') return known(query);
  if (isJson(headers)) {
    const body = await readJson(request, { codec: Body });
    return known([...query, ...Object.entries(body).map(([name, value]) => [name, String(value)] as const)]);
  }
  const form = await readForm(request, { maxFields: MOST_FIELDS }).catch((failure: unknown) => {
    if (!(failure instanceof RequestError) || failure.code !== 'unsupported_media_type') throw failure;
    const says = 'the body must be JSON (application/json) or a form (application/x-www-form-urlencoded), in UTF-8';
    throw new RequestError(415, failure.code, says, { accept: 'application/json, application/x-www-form-urlencoded' });
  });
  return known([...query, ...form]);
}

function queryOf(address: string): URLSearchParams {
  const at = address.indexOf('?');
  if (at < 0) return new URLSearchParams();
  const text = address.slice(at + 1);
  try {
    decodeURIComponent(text);
  } catch {
    throw new RequestError(400, 'malformed_query', 'the query holds a % that is not followed by UTF-8 in hexadecimal');
  }
  return new URLSearchParams(text);
}

function known(given: readonly (readonly [name: string, value: string])[]): Fields {
  const fields = new Map<string, string>();
  if (given.length > MOST_FIELDS) throw new RequestError(400, 'too_many_fields', `more than ${MOST_FIELDS} fields`);
  for (const [written, value] of given) {
    const name = written.length > 32 ? written : written.toLowerCase().replaceAll('_', '');
    if (!NAMES.has(name)) {
      throw new RequestError(
        400,
        'unknown_field',
        `there is no field ${quoted(written)}; known: ID, QMGR, QUEUE, NOTIFY, MIN_DEPTH, MIN_GAP_MS`,
      );
    }
    if (fields.has(name)) throw new RequestError(400, 'repeated_field', `${name} is given more than once`);
    fields.set(name, value.trim());
  }
  return Object.fromEntries(fields);
}
