// Kinds of jobs for `rxfan jobs` and `rxfan up`: a module that exports them by default, by name.
//
//   cd docs/examples/jobs && npx rxfan jobs
//   curl --json '{"first":1,"last":100}' http://127.0.0.1:8080/v1/jobs/primes.count
import * as t from 'io-ts';
import { setTimeout as wait } from 'node:timers/promises';

/** What `primes.count` works on: any codec of io-ts. What does not fit is refused, and says where. */
const Range = t.type({ first: t.Int, last: t.Int }, 'a range');

export default {
  'primes.count': {
    description: 'counts the primes of a range, a thousand numbers at a time',
    input: Range,
    // Each value is a message to whoever follows the job, the last one is its result. Throwing fails the job.
    async *run({ first, last }, { signal }) {
      let primes = 0;
      for (let from = first; from <= last; from += 1_000) {
        const to = Math.min(from + 999, last);
        for (let n = from; n <= to; n++) if (isPrime(n)) primes++;
        yield { upTo: to, primes };
        await wait(1, undefined, { signal }); // lets the others run, and ends when the job is cancelled
      }
      yield { first, last, primes };
    },
  },
};

function isPrime(n) {
  if (n < 2) return false;
  for (let divisor = 2; divisor * divisor <= n; divisor++) if (n % divisor === 0) return false;
  return true;
}
