import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { Observable, Subscription } from 'rxjs';

/** Keeps the latest value of a stream for an element, and draws it anew with each, from when it is in the page until it is not. */
export class Watched<T> implements ReactiveController {
  value: T;
  private readonly host: ReactiveControllerHost;
  private readonly source: Observable<T>;
  private running: Subscription | undefined = undefined;

  constructor(host: ReactiveControllerHost, source: Observable<T>, initial: T) {
    this.host = host;
    this.source = source;
    this.value = initial;
    host.addController(this);
  }

  hostConnected(): void {
    this.running = this.source.subscribe({
      next: (value) => {
        this.value = value;
        this.host.requestUpdate();
      },
      error: reportError,
    });
  }

  hostDisconnected(): void {
    this.running?.unsubscribe();
  }
}
