import type { Law } from './law.ts';
import { messagingDeadLetterRules } from './messagingDeadLetterRules.ts';
import { messagingDeliveryRules, messagingPatternRules } from './messagingDeliveryRules.ts';
import { messagingEndRules } from './messagingEndRules.ts';
import { messagingFailureRules } from './messagingFailureRules.ts';
import { messagingPublishRules } from './messagingPublishRules.ts';
import type { MessagingSubject, MessagingTraits } from './messagingSubject.ts';
import { messagingTrial } from './messagingTrial.ts';

/**
 * The rules every transport keeps, ready for any test runner, in memory and on a real broker alike. Each check is async, calls
 * `create` for itself, and uses names of queues and routing keys that nobody else uses. They run in real time: each wait ends
 * at a deadline.
 *
 * @example
 * const create = () => {
 *   const broker = createMemoryBroker();
 *   return { connect: () => broker.connect(), release: () => undefined };
 * };
 * for (const law of messagingLaws(create)) it(law.name, law.check);
 */
export function messagingLaws(
  create: () => MessagingSubject | Promise<MessagingSubject>,
  traits: MessagingTraits = {},
): readonly Law[] {
  const rules = {
    ...messagingPublishRules,
    ...messagingDeliveryRules,
    ...(traits.exchange === 'direct' ? {} : messagingPatternRules),
    ...messagingFailureRules,
    ...messagingDeadLetterRules,
    ...messagingEndRules,
  };

  return Object.entries(rules).map(([name, rule]) => ({
    name,
    check: async () => {
      const subject = await create();
      try {
        await rule(messagingTrial(subject, traits));
      } finally {
        await subject.release();
      }
    },
  }));
}
