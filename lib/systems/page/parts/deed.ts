import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { Subscription, type Observable } from 'rxjs';
import type { ApiFailure } from '../api/apiFailure.ts';

/** What a reader asks the server to do: whether it is under way, and how the last one ended. */
export class Deed implements ReactiveController {
  isBusy = false;
  failure: ApiFailure | undefined = undefined;
  /** What came of the last one, in words. */
  done = '';
  private readonly host: ReactiveControllerHost;
  private running = new Subscription();

  constructor(host: ReactiveControllerHost) {
    this.host = host;
    host.addController(this);
  }

  /** Does it; `then` gets the answer, and says what came of it. */
  run<T>(answer$: Observable<T>, then: (answer: T) => string): void {
    this.running.unsubscribe();
    this.tell({ isBusy: true, failure: undefined, done: '' });
    this.running = answer$.subscribe({
      next: (answer) => this.tell({ isBusy: false, failure: undefined, done: then(answer) }),
      error: (failure: unknown) => this.tell({ isBusy: false, failure: failure as ApiFailure, done: '' }), // of ask()
    });
  }

  hostDisconnected(): void {
    this.running.unsubscribe();
  }

  private tell(state: Pick<Deed, 'isBusy' | 'failure' | 'done'>): void {
    Object.assign(this, state);
    this.host.requestUpdate();
  }
}
