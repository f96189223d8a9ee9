/** A run of a stream, drawn. */
export interface MarbleRun {
  /**
   * Diagrams that TestScheduler reads, a frame being a millisecond. One, save where values come faster than one can say: what
   * finds no room in the first stands in the next, and the run is the merge of them.
   */
  readonly rows: readonly string[];
  /** What the characters stand for. */
  readonly values: Readonly<Record<string, unknown>>;
  /** What `#` stands for. */
  readonly error?: unknown;
}
