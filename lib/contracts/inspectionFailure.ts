/** What runs was asked for while nothing was looked at. */
export class InspectionOffError extends Error {
  override readonly name = 'InspectionOffError';
  readonly code = 'inspection_off';

  constructor() {
    super('no inspection runs; call startInspection before what is to be seen is made');
  }
}

/** An inspection was started beside another one. */
export class InspectionRunningError extends Error {
  override readonly name = 'InspectionRunningError';
  readonly code = 'inspection_running';

  constructor() {
    super('an inspection runs already, and things are made known to one alone; stop it before another one is started');
  }
}
