import type { AttachedParts } from './attachedParts.ts';
import { createCap, type Cap } from './cap.ts';

/** The cap of a subscriber, which its lane follows. */
export function capOf<A>(attached: AttachedParts<A>): Cap {
  const { terms, lane, feeds } = attached;
  const cap = createCap({
    concurrency: terms.concurrency,
    changed: (concurrency) => attached.change(() => (lane.concurrency = concurrency)),
    failed: (cause) => feeds.failed(feeds.errorOf(undefined, 0, cause)),
  });
  lane.concurrency = cap.initial;
  return cap;
}
