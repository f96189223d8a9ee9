import type { JobPlace } from './jobPlace.ts';

/** A run of a job that was started, or may have been. */
export interface StartedRun {
  readonly place: JobPlace;
  readonly name: string;
}

/** Keeps the last run of each registration, the latest `size` of them. */
export function createRunMemory(size: number) {
  const runs = new Map<string, StartedRun>();

  return {
    of: (registration: string): StartedRun | undefined => runs.get(registration),
    keep(registration: string, run: StartedRun): void {
      runs.delete(registration);
      runs.set(registration, run);
      for (const oldest of runs.keys()) {
        if (runs.size <= size) break;
        runs.delete(oldest);
      }
    },
    forget: (registration: string): boolean => runs.delete(registration),
  };
}
