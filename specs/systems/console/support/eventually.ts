import { expect } from 'vitest';

/** Expects something of a page to come to be true, on a machine that may be busy. */
export const eventually = <T>(look: () => T): ReturnType<typeof expect.poll<T>> =>
  expect.poll(look, { timeout: 20_000, interval: 50 });
