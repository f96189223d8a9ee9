import type { JobOperationState } from '../../contracts/job.ts';
import type { JobCounts, WorkLedger } from './workEngine.ts';

/** Counts jobs by their states, and messages by what became of them. */
export class Tally {
  private readonly states: Record<JobOperationState, number> = {
    queued: 0,
    running: 0,
    succeeded: 0,
    failed: 0,
    cancelled: 0,
    timedOut: 0,
    rejected: 0,
  };
  private started = 0;
  private published = 0;
  private readonly lost = { late: 0, dropped: 0 };

  get jobs(): JobCounts {
    return { started: this.started, ...this.states };
  }

  get messages(): WorkLedger['messages'] {
    return { published: this.published, ...this.lost };
  }

  moved(before: JobOperationState | undefined, after: JobOperationState): void {
    if (before) this.states[before]--;
    else this.started++;
    this.states[after]++;
  }

  publish(): void {
    this.published++;
  }

  lose(how: 'late' | 'dropped', count: number): void {
    this.lost[how] += count;
  }
}
