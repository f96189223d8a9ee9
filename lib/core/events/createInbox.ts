import { asyncScheduler, defer, EMPTY, of } from 'rxjs';
import { OptionError } from '../../../operators/errors.ts';
import { checkInteger } from '../../../operators/internal/checkOption.ts';
import type { Inbox } from '../../contracts/inbox.ts';

/** How much an inbox remembers. */
export interface InboxOptions {
  /** Most keys; beyond it the one that was kept first is forgotten. Default: 100 000. */
  readonly maxKeys?: number | undefined;
  /** How long a key is remembered, in ms from when it was kept. Default: 24 hours. */
  readonly maxAgeMs?: number | undefined;
}

/** An inbox of this process. */
export function createInbox(options: InboxOptions = {}): Inbox {
  const { maxKeys = 100_000, maxAgeMs = 24 * 3_600_000 } = options;
  checkInteger('maxKeys', maxKeys, 1);
  if (!(maxAgeMs > 0)) throw new OptionError('maxAgeMs', 'more than 0', maxAgeMs);
  const kept = new Map<string, { readonly answer: string; readonly at: number }>(); // in the order of it

  const forgetOld = (): void => {
    const now = asyncScheduler.now();
    for (const [key, { at }] of kept) {
      if (kept.size <= maxKeys && now - at < maxAgeMs) break;
      kept.delete(key);
    }
  };

  return {
    find: (key) =>
      defer(() => {
        forgetOld();
        const found = kept.get(key);
        return found ? of(found.answer) : EMPTY;
      }),
    keep: (key, answer) =>
      defer(() => {
        if (!kept.has(key)) kept.set(key, { answer, at: asyncScheduler.now() });
        forgetOld();
        return EMPTY;
      }),
  };
}
