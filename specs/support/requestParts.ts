/** The headers of a request as it came, names in lower case, and the bytes of its body. */
export function requestParts(request: string): {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
} {
  const end = request.indexOf('\r\n\r\n');
  const [, ...lines] = request.slice(0, end).split('\r\n');
  const headers = lines.map((line): [string, string] => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 2)];
  });
  return { headers: Object.fromEntries(headers), body: Buffer.from(request.slice(end + 4), 'latin1') };
}
