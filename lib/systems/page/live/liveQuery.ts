/** Which things the live stream is to tell of. */
export interface LiveQuery {
  readonly name?: string | undefined;
  readonly kinds?: readonly string[] | undefined;
  readonly limit?: number | undefined;
}

/** Where the stream of a query is. */
export function livePath({ name = '', kinds = [], limit = 200 }: LiveQuery): string {
  const search = new URLSearchParams({ limit: String(limit) });
  if (name !== '') search.set('name', name);
  for (const kind of kinds) search.append('kind', kind);
  return `/v1/console/live?${search.toString()}`;
}
