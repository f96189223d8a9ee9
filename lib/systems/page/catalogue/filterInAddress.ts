import type { Filter } from './api.ts';

/** The filter that the address of the page asks for. */
export function readFilter(): Filter {
  const search = new URLSearchParams(location.search);
  return { query: search.get('query') ?? '', sources: search.getAll('source') };
}

/** Makes the address of the page one that leads back to this filter. */
export function writeFilter({ query, sources }: Filter): void {
  const search = new URLSearchParams(query === '' ? {} : { query });
  for (const source of sources) search.append('source', source);
  const text = search.toString();
  history.replaceState(null, '', text === '' ? location.pathname : `?${text}`);
}
