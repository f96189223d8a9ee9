import { OptionError } from '../../operators/errors.ts';

/** An address that can be asked over HTTP. Throws OptionError, which shows nothing secret, at any other. */
export function httpUrl(url: string | URL): URL {
  const expected = 'an absolute http or https URL without user and password (send those in a header)';
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed && /^https?:$/.test(parsed.protocol) && parsed.username === '' && parsed.password === '') return parsed;
  throw new OptionError('url', expected, parsed ? parsed.protocol + '//' + parsed.host : url);
}

/** Headers that can be sent. Throws here, and not in `fetch`, whose error shows the value. */
export function checkedHeaders(headers: Readonly<Record<string, string>>): Headers {
  try {
    return new Headers(headers);
  } catch {
    throw new OptionError('headers', 'names and values that HTTP can carry', Object.keys(headers).join());
  }
}
