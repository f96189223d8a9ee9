/** A statement of a transaction had failed, and somebody went on all the same: nothing of it was kept. */
export class RolledBackError extends Error {
  override readonly name = 'RolledBackError';
  readonly code = 'rolled_back';

  constructor() {
    super(
      'the transaction was rolled back at its commit: a statement in it had failed, and its error was not passed on',
    );
  }
}
