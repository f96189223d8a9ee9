/** What travels along a route: received once, and never changed on its way. */
export interface RoutedEvent {
  /** The same for every delivery of the event, so that whoever gets it twice can tell. Unique within its tenant. */
  readonly id: string;
  /** JSON data. */
  readonly payload: unknown;
  readonly tenant: string;
  /** In ms of the clock. */
  readonly receivedAt: number;
}
