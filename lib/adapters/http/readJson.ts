import { decode } from '../../boundary/decode.ts';
import type { Codec } from '../../contracts/codec.ts';
import { DecodeError } from '../../contracts/failure.ts';
import { checkEncoding, isUtf8, mediaTypeOf } from './mediaType.ts';
import { RequestError } from './problem.ts';

/** What {@link readJson} accepts. */
export interface ReadJsonOptions<A> {
  /** Says what the data must be. */
  readonly codec: Codec<A>;
  /** Most levels of lists and objects. Default: 64. */
  readonly maxDepth?: number | undefined;
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const JSON_TYPE = /^application\/(?:json|[\w.-]{1,100}\+json)$/;

/**
 * The JSON body of a request. Throws RequestError: 415 for anything but JSON in UTF-8, sent as it is; 400 for what is not
 * one JSON value, is nested too deeply, tries to reach a prototype, or does not fit. Of a key that is given twice the last
 * value counts. How long a body may be is a limit of the server, which answers 413.
 *
 * @example
 * const order = await readJson(request, { codec: Order });
 */
export async function readJson<A>(request: Request, { codec, maxDepth = 64 }: ReadJsonOptions<A>): Promise<A> {
  checkType(request.headers);
  const data = parsed(textOf(await request.arrayBuffer()));
  checkShape(data, maxDepth);
  try {
    return decode(codec, data, 'the body');
  } catch (failure) {
    throw failure instanceof DecodeError ? new RequestError(400, 'invalid_body', failure.message) : failure;
  }
}

/** Whether a body is declared to be JSON. */
export function isJson(headers: Headers): boolean {
  return JSON_TYPE.test(mediaTypeOf(headers));
}

function checkType(headers: Headers): void {
  if (!isJson(headers) || !isUtf8(headers)) {
    throw new RequestError(
      415,
      'unsupported_media_type',
      'the body must be JSON in UTF-8: content-type application/json',
      {
        accept: 'application/json',
      },
    );
  }
  checkEncoding(headers);
}

function textOf(bytes: ArrayBuffer): string {
  try {
    return UTF8.decode(bytes);
  } catch {
    throw new RequestError(400, 'invalid_json', 'the body is not text in UTF-8');
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new RequestError(400, 'invalid_json', text === '' ? 'the body is empty' : 'the body is not one JSON value');
  }
}

/** Without recursion: a body may be nested as deeply as it is long. */
function checkShape(data: unknown, maxDepth: number): void {
  let level = [data];
  for (let depth = 0; level.length > 0; depth++) {
    const objects = level.filter((value) => typeof value === 'object' && value !== null);
    if (objects.length > 0 && depth >= maxDepth) {
      throw new RequestError(400, 'too_deep', `the body may have at most ${maxDepth} levels`);
    }
    if (objects.some(reachesPrototype)) {
      throw new RequestError(400, 'forbidden_key', 'the body has a key that could reach a prototype');
    }
    level = objects.flatMap((value) => Object.values(value) as unknown[]);
  }
}

/** Harmless here, but not to everybody who copies from one object to another. */
function reachesPrototype(value: object): boolean {
  if (Object.hasOwn(value, '__proto__')) return true;
  const constructor: unknown = Object.hasOwn(value, 'constructor') ? value.constructor : undefined;
  return typeof constructor === 'object' && constructor !== null && Object.hasOwn(constructor, 'prototype');
}
