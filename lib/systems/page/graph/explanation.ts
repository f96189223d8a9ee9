/** Who holds up whom, as the server tells it. */
export interface Explanation {
  readonly sentence: string;
  readonly chain: readonly { readonly id: number; readonly kind: string; readonly name: string }[];
  /** Those that wait for each other. */
  readonly deadlock: readonly number[];
}
