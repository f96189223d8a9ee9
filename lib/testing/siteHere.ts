const OWN = new URL('.', import.meta.url).pathname;
const FOREIGN = /node_modules|node:internal/;
const DEEP_ENOUGH = 50;

/**
 * Says of something where it was done: on the line that called this, also from deep below the operators of a library. It is worked
 * out when it is asked for. Where no line of a test is on the way, `otherwise` says where.
 */
export function siteHere(what: string, otherwise: () => string = () => ''): () => string {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = DEEP_ENOUGH;
  const here = new Error();
  Error.stackTraceLimit = stackTraceLimit;
  return () => [what, siteIn(here.stack) || otherwise()].filter(Boolean).join(' ');
}

/** The first line of a stack that is neither of a library nor of this kit, such as `at body (search.spec.ts:12:7)`; '' for none. */
function siteIn(stack = ''): string {
  const line = stack
    .split('\n')
    .find((one) => one.trimStart().startsWith('at ') && !FOREIGN.test(one) && !one.includes(OWN));
  return line?.trim() ?? '';
}
