import { KeyedLine } from './keyedLine.ts';
import type { Line } from './line.ts';
import { PlainLine } from './plainLine.ts';
import type { Terms } from './terms.ts';

/** The line that a contract asks for. */
export function lineOf<A>(terms: Pick<Terms<A>, 'partitionKey' | 'bufferSizePerKey'>): Line<A> {
  const { partitionKey, bufferSizePerKey } = terms;
  return partitionKey ? new KeyedLine(partitionKey, bufferSizePerKey) : new PlainLine();
}
