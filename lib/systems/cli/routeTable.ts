import { senderName } from '../routing/createSenders.ts';
import { batchSizeOf, filterName } from '../routing/openFilters.ts';
import { pathOf, tenantsOf, type ReceiverSpec, type RouteSpec, type RoutingSpec } from '../routing/routingSpec.ts';
import { plain } from './plain.ts';

const HEAD = ['RECEIVER', 'FROM', 'ROUTE', 'FILTERS', 'SENDER', 'LANE'];
const GAP = '  ';

/** What would be routed, a line for each route. */
export function routeTable({ receivers }: RoutingSpec): string {
  const rows = receivers.flatMap((receiver) => {
    const start = [receiverName(receiver), from(receiver)];
    return receiver.routes.length === 0
      ? [[...start, '-', '-', '-', '-']]
      : receiver.routes.map((route) => [...start, ...routeCells(route)]);
  });
  const table = [HEAD, ...rows.map((row) => row.map(plain))];
  const widths = HEAD.map((_, i) => Math.max(...table.map((row) => row[i]!.length)));
  return table.map((row) => `${row.map((cell, i) => cell.padEnd(widths[i]!)).join(GAP).trimEnd()}\n`).join(''); // prettier-ignore
}

function receiverName(receiver: ReceiverSpec): string {
  const tenants = tenantsOf(receiver);
  return receiver.tenants === undefined ? receiver.name : `${receiver.name} (${tenants.join(', ')})`;
}

function from(receiver: ReceiverSpec): string {
  switch (receiver.type) {
    case 'webhook':
      return `POST ${pathOf(receiver)}`;
    case 'topic':
      return `topic ${receiver.topic}`;
    case 'interval':
      return `every ${receiver.everyMs} ms`;
    case 'file':
      return `file ${receiver.path}`;
  }
}

function routeCells(route: RouteSpec): readonly string[] {
  const { name, filters = [], sender, bufferSize = 1_024, overflow = 'error' } = route;
  const { concurrency = batchSizeOf(filters) ?? 1 } = route;
  const lane = `${concurrency} at a time, ${bufferSize} wait, then ${overflow}`;
  return [name, filters.map(filterName).join(', ') || '-', senderName(sender), lane];
}
