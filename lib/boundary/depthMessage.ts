import type { Notification } from '../contracts/notifier.ts';

/** What somebody is told, as text, under the names that targets know. */
export interface DepthMessage {
  readonly notification: 'messages found on queue';
  /** Of the registration. */
  readonly ID: string;
  readonly CE_QMGR: string;
  readonly CE_QUEUE: string;
  readonly CE_DEPTH: string;
}

/** A notification as every target gets it, whatever way it takes. */
export function depthMessage({ registration, depth }: Notification): DepthMessage {
  return {
    notification: 'messages found on queue',
    ID: registration.id,
    CE_QMGR: registration.manager,
    CE_QUEUE: registration.queue,
    CE_DEPTH: String(depth),
  };
}
