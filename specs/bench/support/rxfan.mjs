import path from 'node:path';
import { pathToFileURL } from 'node:url';

/** What the suites use of rxfan, from the build in `dist`. */
export async function loadRxfan(dist) {
  const open = (file) => import(pathToFileURL(path.join(dist, file)));
  const { mergeMapBounded } = await open('operators/mergeMapBounded.js');
  const { mergeSorted } = await open('operators/mergeSorted.js');
  const { aggregatePages } = await open('lib/core/paging/aggregatePages.js');
  const { pageTokens } = await open('lib/core/paging/pageTokens.js');
  const { aesGcmSealer } = await open('lib/adapters/node/aesGcmSealer.js');

  const tokens = pageTokens(
    aesGcmSealer({ keys: [{ id: 'bench', secret: 'a secret that is long enough for a key' }] }),
  );
  return { mergeMapBounded, mergeSorted, aggregate: (options) => aggregatePages({ tokens, ...options }) };
}
