import { runCarried, type Carried } from '../../../operators/internal/carrier.ts';

/**
 * Emits a value where it was published. Not a closure of the topic, and not given the publication: those that nobody follows
 * would have to be made for it, a third of their time, measured.
 */
export function emitCarried<A>(topic: { emit(value: A): void }, carried: Carried, value: A): void {
  runCarried(carried, () => topic.emit(value));
}
