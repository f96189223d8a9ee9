import path from 'node:path';
import { pathToFileURL } from 'node:url';

/** What the suites use of rxfan, through its doors, from the build in `dist`. */
export async function loadRxfan(dist) {
  const open = (door) => import(pathToFileURL(path.join(dist, door, 'index.js')));
  const { mergeMapBounded, mergeSorted } = await open('operators');
  const { aggregatePages, createReceiver, createTopics, pageTokens, snapshot, startInspection, Topic } =
    await open('lib');
  const { aesGcmSealer } = await open('lib/adapters/node');

  const tokens = pageTokens(
    aesGcmSealer({ keys: [{ id: 'bench', secret: 'a secret that is long enough for a key' }] }),
  );
  return {
    Topic,
    createTopics,
    createReceiver,
    mergeMapBounded,
    mergeSorted,
    snapshot,
    startInspection,
    aggregate: (options) => aggregatePages({ tokens, ...options }),
  };
}
