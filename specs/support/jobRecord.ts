import fc from 'fast-check';
import type { JobRecord } from '../../lib/contracts/jobStore.ts';

const text = fc.string({ unit: 'binary', maxLength: 8 });
const time = fc.double({ noNaN: true, noDefaultInfinity: true }).map((ms) => (ms === 0 ? 0 : ms)); // JSON has no -0
/** What JSON gives back as it was. */
const json = fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.parse(JSON.stringify(value)) as unknown);

/** Any record of a job. */
export const jobRecord: fc.Arbitrary<JobRecord> = fc.record(
  {
    token: fc.oneof(text, fc.constantFrom('__proto__', '../x', '\ud800', '')),
    kind: text,
    input: json,
    state: fc.constantFrom('queued', 'running', 'succeeded', 'failed', 'cancelled', 'timedOut'),
    createTime: time,
    startTime: time,
    endTime: time,
    error: fc.record({ code: text, message: text }),
  },
  { requiredKeys: ['token', 'kind', 'input', 'state', 'createTime'], noNullPrototype: true },
);
