import { carrier, type Carried } from '../../../operators/internal/carrier.ts';

/** What a value carries that is published now. */
export function entered(topic: string): Carried | undefined {
  return carrier.current?.enter({ operation: 'publish', system: 'rxfan', destination: topic });
}
