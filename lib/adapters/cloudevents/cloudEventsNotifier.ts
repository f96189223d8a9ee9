import { CloudEvent, HTTP } from 'cloudevents';
import { depthMessage } from '../../boundary/depthMessage.ts';
import type { Notifier } from '../../contracts/notifier.ts';
import { createTargetNotifier, type TargetNotifierOptions } from '../guard/createTargetNotifier.ts';

/** How {@link cloudEventsNotifier} writes events. */
export interface CloudEventsNotifierOptions extends TargetNotifierOptions {
  /** Where the attributes of the event are: in headers, or with the data in the body. Default: `binary`. */
  readonly mode?: 'binary' | 'structured' | undefined;
  /** Default: `mq-observer`. */
  readonly source?: string | undefined;
  /** Default: `queue-messages`. */
  readonly type?: string | undefined;
}

/**
 * Tells targets by CloudEvents 1.0 over HTTP: the data is `{ notification, ID, CE_QMGR, CE_QUEUE, CE_DEPTH }`, the id of the
 * event that of the notification, its time when the depth was seen. Success and failure are those of `httpNotifier`.
 *
 * @example
 * const notifier = cloudEventsNotifier({ guard: createTargetGuard(), mode: 'structured' });
 */
export function cloudEventsNotifier(options: CloudEventsNotifierOptions): Notifier {
  const { mode = 'binary', source = 'mq-observer', type = 'queue-messages' } = options;
  const toMessage = HTTP[mode];

  return createTargetNotifier('cloudevents', options, (notification) => {
    const { headers, body } = toMessage(
      new CloudEvent({
        id: notification.id,
        source,
        type,
        time: new Date(notification.time).toISOString(),
        datacontenttype: 'application/json',
        data: depthMessage(notification),
      }),
    );
    return {
      headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
      body: String(body),
    };
  });
}
