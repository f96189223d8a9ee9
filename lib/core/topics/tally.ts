import type { Outcome } from '../../contracts/delivery.ts';
import type { DeliveryError } from '../../contracts/deliveryFailure.ts';
import { Parking } from './parking.ts';
import type { Publication } from './publication.ts';

/** Who is told what becomes of a publication that is not given out again. */
export interface TallyHost<A> {
  readonly errorOf: (publication: Publication<A>, cause: unknown) => DeliveryError;
  readonly gone: (publication: Publication<A>, outcome: Outcome, error?: DeliveryError) => void;
}

/** The account of a lane: every publication that leaves it is counted here, once. */
export class Tally<A> {
  readonly counts = { failed: 0, coalesced: 0, dropped: 0, refused: 0, discarded: 0 };
  readonly parking: Parking<A>;
  private readonly host: TallyHost<A>;

  constructor(parkSize: number, host: TallyHost<A>) {
    this.host = host;
    this.parking = new Parking(parkSize);
  }

  lose<O extends 'coalesced' | 'dropped' | 'discarded'>(publication: Publication<A>, outcome: O): O {
    this.counts[outcome]++;
    this.host.gone(publication, outcome);
    return outcome;
  }

  refuse(publication: Publication<A>, cause: unknown): 'refused' {
    const { gone, errorOf } = this.host;
    this.counts.refused++;
    gone(publication, 'refused', errorOf(publication, cause));
    return 'refused';
  }

  park(publication: Publication<A>, error?: DeliveryError): 'parked' {
    const pushedOut = this.parking.put(publication);
    this.host.gone(publication, 'parked', error);
    if (pushedOut) this.lose(pushedOut, 'dropped');
    return 'parked';
  }
}
