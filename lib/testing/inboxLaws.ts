import type { Inbox } from '../contracts/inbox.ts';
import { inboxRules } from './inboxRules.ts';
import type { Law } from './law.ts';

/** An inbox that is empty, made anew for each law. */
export interface InboxSubject {
  readonly inbox: Inbox;
  release?(): void | Promise<void>;
}

/**
 * The rules every inbox keeps, ready for any test runner. Each check is async, calls `create` for itself, and runs in real
 * time.
 *
 * @example
 * for (const law of inboxLaws(() => ({ inbox: createInbox() }))) it(law.name, law.check);
 */
export function inboxLaws(create: () => InboxSubject | Promise<InboxSubject>): readonly Law[] {
  return Object.entries(inboxRules).map(([name, rule]) => ({
    name,
    check: async () => {
      const subject = await create();
      try {
        await rule(subject.inbox);
      } finally {
        await subject.release?.();
      }
    },
  }));
}
