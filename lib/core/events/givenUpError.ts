/** Nobody waits for a handler any more: the message comes again, and nothing is said of it. */
export class GivenUpError extends Error {
  override readonly name = 'GivenUpError';
  readonly code = 'given_up';

  constructor() {
    super('the service stopped before the message was handled');
  }
}
