import { Subject, type Observable } from 'rxjs';
import type { CongestionAlert } from '../../contracts/delivery.ts';
import type { DeliveryError } from '../../contracts/deliveryFailure.ts';

/** What is told of the subscribers of one or more topics. */
export class TopicEvents {
  readonly errors$: Observable<DeliveryError>;
  readonly alerts$: Observable<CongestionAlert>;
  private readonly errors = new Subject<DeliveryError>();
  private readonly alerts = new Subject<CongestionAlert>();
  private readonly onError: ((error: DeliveryError) => void) | undefined;

  constructor(onError?: (error: DeliveryError) => void) {
    this.errors$ = this.errors.asObservable();
    this.alerts$ = this.alerts.asObservable();
    this.onError = onError;
  }

  failed(error: DeliveryError): void {
    this.errors.next(error);
    try {
      this.onError?.(error);
    } catch {
      // whoever takes errors has none of his own
    }
  }

  alert(alert: CongestionAlert): void {
    this.alerts.next(alert);
  }

  complete(): void {
    this.errors.complete();
    this.alerts.complete();
  }
}
