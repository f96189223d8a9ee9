import { concat, EMPTY, firstValueFrom, from, lastValueFrom, tap, type Observable } from 'rxjs';
import type { RelayTurn, RelayVerdict } from '../contracts/outbox.ts';
import type { OutgoingMessage } from '../contracts/transport.ts';
import { ensure } from './law.ts';
import type { OutboxSubject } from './outboxSubject.ts';
import { showValue } from './showValue.ts';

export function messageOf(id: string, facts: Partial<OutgoingMessage> = {}): OutgoingMessage {
  return { id, routingKey: 'a.b', contentType: 'application/json', headers: {}, body: new Uint8Array([7]), ...facts };
}

export function append(subject: OutboxSubject, ...messages: readonly OutgoingMessage[]): Promise<void> {
  return subject.transaction(async (transaction) => {
    await done(subject.outbox.append(transaction, messages));
  });
}

export function sent(message: OutgoingMessage): RelayVerdict {
  return { kind: 'sent', message };
}

export function sendAll(messages: readonly OutgoingMessage[]): Observable<RelayVerdict> {
  return from(messages.map(sent));
}

/** A turn that sends all it is handed. */
export async function relay(
  { outbox }: OutboxSubject,
  max = 10,
): Promise<{ readonly turn: RelayTurn; readonly handed: readonly OutgoingMessage[] }> {
  const handed: OutgoingMessage[] = [];
  const turn = await firstValueFrom(
    outbox.turn(max, (messages) => sendAll(messages).pipe(tap(({ message }) => handed.push(message)))),
  );
  return { turn, handed };
}

/** Breaks a law unless these are handed out next. A turn that was left may need a moment to end. */
export async function holds(subject: OutboxSubject, ids: readonly string[], after: string): Promise<void> {
  let result = await relay(subject);
  for (let tries = 0; result.turn.kind === 'busy' && tries < 200; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    result = await relay(subject);
  }
  const found = result.handed.map(({ id }) => id);
  ensure(found.join() === ids.join(), `${after}, and it handed out ${showValue(found)}: ${showValue(result.turn)}`);
}

export function done<T>(call$: Observable<T>): Promise<T | undefined> {
  return lastValueFrom(concat(call$, EMPTY), { defaultValue: undefined });
}

export function shown(messages: readonly OutgoingMessage[]): string {
  return showValue(
    messages.map(({ id, routingKey, contentType, headers, body }) => [
      id,
      routingKey,
      contentType,
      headers,
      body.length,
      body.reduce((sum, byte, i) => (sum * 31 + byte + i) % 1_000_003, 0),
    ]),
  );
}
