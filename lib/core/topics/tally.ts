import type { Outcome } from '../../contracts/delivery.ts';
import type { DeliveryError } from '../../contracts/deliveryFailure.ts';
import { Parking } from './parking.ts';
import type { Publication } from './publication.ts';

/** Who is told what becomes of a publication that is not given out again. */
export interface TallyOptions<A> {
  /** Most values that are put aside. */
  readonly parkSize: number;
  readonly errorOf: (publication: Publication<A>, cause: unknown) => DeliveryError;
  readonly gone: (publication: Publication<A>, outcome: Outcome, error?: DeliveryError) => void;
}

/** The account of a lane: every publication that leaves it is counted here, once. */
export class Tally<A> {
  readonly counts = { failed: 0, coalesced: 0, dropped: 0, refused: 0, discarded: 0 };
  readonly parking: Parking<A>;
  private readonly options: TallyOptions<A>;

  constructor(options: TallyOptions<A>) {
    this.options = options;
    this.parking = new Parking(options.parkSize);
  }

  lose<O extends 'coalesced' | 'dropped' | 'discarded'>(publication: Publication<A>, outcome: O): O {
    this.counts[outcome]++;
    this.options.gone(publication, outcome);
    return outcome;
  }

  refuse(publication: Publication<A>, cause: unknown): 'refused' {
    const { gone, errorOf } = this.options;
    this.counts.refused++;
    gone(publication, 'refused', errorOf(publication, cause));
    return 'refused';
  }

  park(publication: Publication<A>, error?: DeliveryError): 'parked' {
    const pushedOut = this.parking.put(publication);
    this.options.gone(publication, 'parked', error);
    if (pushedOut) this.lose(pushedOut, 'dropped');
    return 'parked';
  }
}
