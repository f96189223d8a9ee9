import { heldUp } from '../../../operators/internal/heldUp.ts';
import type { Wait } from '../../../operators/internal/part.ts';
import type { Note, Subscribed } from './note.ts';

/** What there is to be seen of a receipt. */
export interface InspectedReceipt {
  /** How many subscribers have to make room. */
  readonly blocked: number;
  readonly notes: ReadonlyMap<Subscribed, Note> | undefined;
}

/** Says that whoever runs waits until there was room for a value, until what is returned is called, which calls `release`. */
export function untilTaken(receipt: InspectedReceipt, release: () => void): () => void {
  return heldUp(() => roomWait(receipt), release);
}

/** Says that whoever runs waits until a value is settled, likewise. */
export function untilSettled(receipt: InspectedReceipt, release: () => void): () => void {
  return heldUp(() => roomWait(receipt) ?? waitFor(unsettled(receipt)[0]), release);
}

function roomWait(receipt: InspectedReceipt): Wait | undefined {
  if (receipt.blocked === 0) return undefined;
  const asked = unsettled(receipt).filter(({ verdict }) => verdict === 'blocked');
  // One that has taken it since may be among them.
  return waitFor(asked.find(({ subscriber }) => subscriber.lane.room.blocked > 0));
}

function unsettled({ notes }: InspectedReceipt): readonly Note[] {
  return [...(notes?.values() ?? [])].filter(({ verdict, outcome }) => verdict !== undefined && outcome === undefined);
}

function waitFor(note: Note | undefined): Wait | undefined {
  return note && { how: 'waits for', on: note.subscriber, called: `subscriber '${note.subscriber.id}'` };
}
