import { expect } from 'vitest';

/** Expects something of what comes to be true, on a machine that may be busy. */
export const eventually = <T>(look: () => T): ReturnType<typeof expect.poll<T>> =>
  expect.poll(look, { timeout: 10_000, interval: 5 });
