import type { RouteSpec, ReceiverSpec, RoutingSpec } from './routingSpec.ts';
import { senderOf } from './createSenders.ts';

/** A receiver, by the place where it reads and the places where its routes write: topics and files of this process. */
export interface Flow {
  readonly name: string;
  readonly from: string | undefined;
  readonly to: readonly string[];
}

/** Where a receiver reads and writes. Throws UnknownSenderError. */
export function flowOf(receiver: ReceiverSpec, routes: readonly RouteSpec[], senders: RoutingSpec['senders']): Flow {
  return { name: receiver.name, from: placeOf(receiver), to: routes.flatMap((route) => placesOf(route, senders)) };
}

/** A way on which an event would come back to where it was, told as such; undefined where there is none. */
export function findLoop(flows: readonly Flow[]): string | undefined {
  const clear = new Set<Flow>(); // nothing that goes on from here comes back
  const search = (at: Flow, way: readonly string[]): string | undefined => {
    for (const place of at.to) {
      if (way.includes(place)) return [...way.slice(way.indexOf(place)), place].join(' -> ');
      for (const next of flows) {
        if (next.from !== place || clear.has(next)) continue;
        const found = search(next, [...way, place, next.name]);
        if (found !== undefined) return found;
      }
    }
    clear.add(at);
    return undefined;
  };
  for (const flow of flows) {
    const found = clear.has(flow)
      ? undefined
      : search(flow, flow.from === undefined ? [flow.name] : [flow.from, flow.name]);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Who is closed together, and before whom: those who write to a place before those who read there. */
export function closingOrder(flows: readonly Flow[]): readonly (readonly Flow[])[] {
  const order: (readonly Flow[])[] = [];
  let left = flows;
  while (left.length > 0) {
    const written = new Set(left.flatMap(({ to }) => to));
    const unfed = left.filter(({ from }) => from === undefined || !written.has(from));
    const next = unfed.length > 0 ? unfed : left;
    order.push(next);
    left = left.filter((flow) => !next.includes(flow));
  }
  return order;
}

function placesOf({ sender }: RouteSpec, senders: RoutingSpec['senders'] = []): readonly string[] {
  const place = placeOf(senderOf(sender, senders));
  return place === undefined ? [] : [place];
}

function placeOf(end: { readonly type: string; readonly topic?: string; readonly path?: string }): string | undefined {
  if (end.type === 'topic') return `topic ${String(end.topic)}`;
  return end.type === 'file' ? `file ${String(end.path)}` : undefined;
}
