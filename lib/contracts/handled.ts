import type { ObservableInput } from 'rxjs';

/** What a handler gives back: something whose end is the end of its work, or nothing when all is done. */
// eslint-disable-next-line @typescript-eslint/no-invalid-void-type -- undefined would refuse every handler that is typed as giving nothing
export type Handled<A = unknown> = ObservableInput<A> | void;
