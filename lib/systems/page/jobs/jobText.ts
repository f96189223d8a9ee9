import { ageText } from '../words/ageText.ts';
import { dataText } from '../words/dataText.ts';
import type { Job } from './job.ts';

/** How a job stands, in words: what it told last, or why it did not succeed. */
export function jobText({ state, startTime, endTime, lastMessage, result, error }: Job): string {
  const took = startTime !== undefined && endTime !== undefined ? ` after ${ageText(spanMs(startTime, endTime))}` : '';
  switch (state) {
    case 'queued':
      return 'Waits for its turn.';
    case 'running':
      return lastMessage === undefined ? 'Runs, and has told nothing yet.' : `Runs: ${dataText(lastMessage)}`;
    case 'succeeded':
      return `Succeeded${took}${result === undefined ? '.' : `: ${dataText(result)}`}`;
    case 'cancelled':
      return `Was cancelled${took}.`;
    case 'failed':
    case 'timedOut':
    case 'rejected':
      return `${ENDS[state]}${took}: ${error?.message ?? 'no reason was given'}`;
  }
}

const ENDS = { failed: 'Failed', timedOut: 'Took too long', rejected: 'Was not started' };

function spanMs(from: string, to: string): number {
  return Date.parse(to) - Date.parse(from);
}
