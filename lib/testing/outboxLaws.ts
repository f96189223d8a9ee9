import type { Law } from './law.ts';
import { outboxRules } from './outboxRules.ts';
import type { OutboxSubject } from './outboxSubject.ts';

/**
 * The rules every outbox keeps, ready for any test runner. Each check is async, calls `create` for itself, and runs in real
 * time.
 *
 * @example
 * for (const law of outboxLaws(() => ({ outbox, transaction }))) it(law.name, law.check);
 */
export function outboxLaws<Transaction>(
  create: () => OutboxSubject<Transaction> | Promise<OutboxSubject<Transaction>>,
): readonly Law[] {
  return Object.entries(outboxRules).map(([name, rule]) => ({
    name,
    check: async () => {
      const subject = await create();
      try {
        await rule(subject);
      } finally {
        await subject.release?.();
      }
    },
  }));
}
