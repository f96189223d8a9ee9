import { afterEach, beforeEach, vi } from 'vitest';

/** The specs of this file run on a clock that stands still unless they move it: no loop takes longer than it may. */
export function useVirtualTime(): void {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());
}
