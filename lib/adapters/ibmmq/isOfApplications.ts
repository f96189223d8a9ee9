/** What is known of a queue. */
export interface QueueFacts {
  readonly name: string;
  /** `local`, `model`, and so on. */
  readonly type: string;
  /** How it came to be: whatever has `dyn` in it was made by a program. */
  readonly definition: string;
  readonly depth: number;
}

/** Whether somebody may be told of a queue: it has messages, and belongs neither to the manager nor to one connection. */
export function isOfApplications({ name, type, definition, depth }: QueueFacts): boolean {
  return depth > 0 && !name.startsWith('SYSTEM.') && !/dyn/i.test(definition) && !/model/i.test(type);
}
