import { randomUUID } from 'node:crypto';
import { concatMap, EMPTY, map, of, retry, timer, type Observable } from 'rxjs';
import { tailFile } from '../../adapters/file/tailFile.ts';
import type { RoutedEvent } from '../../contracts/routedEvent.ts';
import type { Receiver } from '../../core/receivers/receiver.ts';
import type { Topic } from '../../core/topics/topic.ts';
import { handedOver } from './handedOver.ts';
import type { SourceSpec } from './routingSpec.ts';
import type { TopicMessage } from './topicSender.ts';

/** What sources are attached with. */
export interface SourceScope {
  /** Throws UnknownTopicError. */
  readonly topic: (name: string) => Topic<TopicMessage>;
  /** Takes what could not be read: a line, or the file. */
  readonly onProblem: (problem: Error) => void;
}

/** How long a file that cannot be read is left alone, in ms. */
const FILE_RETRY_MS = 5_000;
/** Most events of a topic that wait for a receiver which makes them wait. */
const TOPIC_BUFFER_SIZE = 1_024;

/** Lets a receiver take what its source has, until the receiver is closed. A webhook brings its events itself. */
export function attachSource(receiver: Receiver<RoutedEvent>, spec: SourceSpec, scope: SourceScope): void {
  switch (spec.type) {
    case 'webhook':
      return;
    case 'topic':
      attachTopic(receiver, scope.topic(spec.topic));
      return;
    case 'interval':
      receiver.receive(ticks(spec).pipe(map((payload) => newEvent(receiver, payload))));
      return;
    case 'file':
      receiver.receive(lines(spec, scope).pipe(map((payload) => newEvent(receiver, payload))));
  }
}

function attachTopic(receiver: Receiver<RoutedEvent>, topic: Topic<TopicMessage>): void {
  const { tenant, name } = receiver;
  topic.deliver({
    id: `${tenant}/${name}`,
    bufferSize: TOPIC_BUFFER_SIZE,
    handle: ({ event, via }) => (event.tenant === tenant ? handedOver(receiver, event, `${via}/${event.id}`) : EMPTY),
  });
}

function ticks({ everyMs, payload }: SourceSpec & { readonly type: 'interval' }): Observable<unknown> {
  return timer(everyMs, everyMs).pipe(map((tick) => payload ?? { tick }));
}

function lines(
  { path, from, format = 'json', pollMs, maxLineBytes }: SourceSpec & { readonly type: 'file' },
  { onProblem }: SourceScope,
): Observable<unknown> {
  const lines$ = tailFile({ path, from, pollMs, maxLineBytes, onReject: onProblem }).pipe(
    retry({
      delay: (failure: Error) => {
        onProblem(failure);
        return timer(FILE_RETRY_MS);
      },
    }),
  );
  if (format === 'text') return lines$.pipe(map((line) => ({ line })));
  return lines$.pipe(
    concatMap((line) => {
      try {
        return of(JSON.parse(line) as unknown);
      } catch (cause) {
        onProblem(new Error(`a line of ${path} is not JSON, and was left out`, { cause }));
        return EMPTY;
      }
    }),
  );
}

function newEvent({ tenant }: Receiver<RoutedEvent>, payload: unknown): RoutedEvent {
  return { id: randomUUID(), payload, tenant, receivedAt: Date.now() };
}
