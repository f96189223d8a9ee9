/** How a run of the program ended, as its exit code says. */
export const EXIT = { done: 0, failed: 1, misused: 2, timedOut: 3 } as const;
