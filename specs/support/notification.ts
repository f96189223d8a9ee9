import { firstValueFrom } from 'rxjs';
import type { Notification, Notifier } from '../../lib/contracts/notifier.ts';

/** A notification of three messages in a queue, for a target. */
export function notificationFor(notify: string, changes: Partial<Notification> = {}): Notification {
  return {
    id: 'n-1',
    registration: {
      id: 'r-1',
      owner: 'o',
      manager: 'QM1',
      queue: 'DEV.QUEUE.1',
      notify,
      failures: 0,
      healthVersion: 0,
      version: 1,
      updateTime: 0,
    },
    depth: 3,
    time: Date.UTC(2026, 0, 2, 3, 4, 5),
    ...changes,
  };
}

/** How telling ends: 'told', or the error. */
export function told(notifier: Notifier, notification: Notification): Promise<any> {
  return firstValueFrom(notifier.notify(notification), { defaultValue: 'told' }).catch((failure: unknown) => failure);
}
