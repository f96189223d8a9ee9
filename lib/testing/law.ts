/** One rule and the check for it; `check` throws, or rejects, when the rule is broken. */
export interface Law {
  readonly name: string;
  readonly check: () => void | Promise<void>;
}

/** Breaks a law unless the condition holds. */
export function ensure(condition: boolean, broken: string): asserts condition {
  if (!condition) throw new Error(broken);
}
