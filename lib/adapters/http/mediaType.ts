import { RequestError } from './problem.ts';

/** The type of a body, in lower case and without parameters. Empty: none is declared. */
export function mediaTypeOf(headers: Headers): string {
  return partsOf(headers)[0] ?? '';
}

/** Whether a body is declared to be in UTF-8, or in nothing else. */
export function isUtf8(headers: Headers): boolean {
  const [, ...parameters] = partsOf(headers);
  if (parameters.length === 0) return true;
  const charset = parameters
    .find((parameter) => parameter.startsWith('charset='))
    ?.slice(8)
    .replaceAll('"', '');
  return ['utf-8', 'utf8'].includes(charset ?? 'utf-8');
}

/** Refuses a body that is compressed: 415. */
export function checkEncoding(headers: Headers): void {
  if ((headers.get('content-encoding') ?? 'identity') === 'identity') return;
  throw new RequestError(415, 'unsupported_encoding', 'the body must not be compressed', {
    'accept-encoding': 'identity',
  });
}

function partsOf(headers: Headers): readonly string[] {
  const declared = (headers.get('content-type') ?? '').toLowerCase();
  if (!declared.includes(';')) return [declared.trim()];
  return declared.split(';').map((part) => part.trim());
}
