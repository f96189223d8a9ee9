/** One notification at its frame, as TestScheduler records it. */
export interface Recorded {
  readonly frame: number;
  readonly notification: { readonly kind: 'N' | 'E' | 'C'; readonly value?: unknown; readonly error?: unknown };
}
