import type { Observable } from 'rxjs';
import { httpSender } from '../../adapters/http/httpSender.ts';
import type { DeliveryContract } from '../../contracts/delivery.ts';
import type { RouteAlert } from '../../contracts/receiver.ts';
import type { RoutedEvent } from '../../contracts/routedEvent.ts';
import type { Topic } from '../../core/topics/topic.ts';
import { alertResource } from './createAlertHub.ts';
import { isWorthAnotherTry } from './openRoute.ts';
import type { AlertSinkSpec } from './routingSpec.ts';
import { topicSender, type TopicMessage } from './topicSender.ts';

/** What sinks of alerts work with. */
export interface AlertSinkScope {
  readonly topic: (name: string) => Topic<TopicMessage>;
  readonly warn: (message: string, facts: Readonly<Record<string, unknown>>) => void;
}

/** Most alerts that wait for a sink: they are few, and the newest ones say how it stands. */
const BUFFER_SIZE = 100;
const RETRY = { retries: 10, delayMs: 1_000, maxDelayMs: 60_000 };

/** A sink of alerts, as a subscriber with a lane of its own: one that is down delays nobody else. */
export function openAlertSink(
  spec: AlertSinkSpec,
  index: number,
  { topic, warn }: AlertSinkScope,
): DeliveryContract<RouteAlert> {
  const lane = { id: `${spec.type} ${index}`, bufferSize: BUFFER_SIZE, overflow: 'dropOldest' as const };
  switch (spec.type) {
    case 'log':
      return { ...lane, handle: (alert): void => warn(`alert ${alert.kind}`, { ...alertResource(alert) }) };
    case 'topic': {
      const sender = topicSender({ name: lane.id, topic: topic(spec.topic), via: 'alerts' });
      return { ...lane, timeoutMs: 30_000, handle: (alert): Observable<never> => sender.send(toEvent(alert)) };
    }
    case 'webhook': {
      const { url, headers, timeoutMs = 10_000, retry = {} } = spec;
      const sender = httpSender({ name: lane.id, url, headers, timeoutMs });
      return {
        ...lane,
        timeoutMs: timeoutMs + 1_000, // the sender says better what was late
        retry: { ...RETRY, ...retry, jitter: () => 0.5 + Math.random() / 2, retryOn: isWorthAnotherTry },
        handle: (alert, { signal }): Observable<never> => sender.send(toEvent(alert), signal),
      };
    }
  }
}

/** The same alert has the same id, however often it is sent. */
function toEvent(alert: RouteAlert): RoutedEvent {
  const { tenant, receiver, route, kind, since } = alert;
  return { id: `${receiver}/${route}/${kind}/${since}`, tenant, payload: alertResource(alert), receivedAt: Date.now() };
}
