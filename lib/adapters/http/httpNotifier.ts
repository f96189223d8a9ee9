import { depthMessage } from '../../boundary/depthMessage.ts';
import type { Notifier } from '../../contracts/notifier.ts';
import { createTargetNotifier, type TargetNotifierOptions } from '../guard/createTargetNotifier.ts';

/**
 * Tells targets over HTTP: POST, `{ notification, ID, CE_QMGR, CE_QUEUE, CE_DEPTH }` as JSON, the id of the notification as
 * `Idempotency-Key`. A whole answer with a status from 200 to 299 within the time limit is success; every other end is a
 * NotifyError with its class. Each attempt resolves its host once and connects to an address that the guard has checked.
 *
 * @example
 * const notifier = httpNotifier({ guard: createTargetGuard(), timeoutMs: 5_000, secrets: ['whsec_...'] });
 */
export function httpNotifier(options: TargetNotifierOptions): Notifier {
  return createTargetNotifier('http', options, (notification) => ({
    headers: { 'content-type': 'application/json', 'idempotency-key': encodeURIComponent(notification.id) },
    body: JSON.stringify(depthMessage(notification)),
  }));
}
