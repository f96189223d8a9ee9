import { defer, tap, type Observable } from 'rxjs';
import { carrier, type SentTrace, type Step, type StepEnd } from '../../operators/internal/carrier.ts';
import type { IncomingMessage, OutgoingMessage } from '../contracts/transport.ts';

type Headers = Readonly<Record<string, string>>;

/** What takes up a message, where it comes from. */
export interface TakingUp {
  readonly run: <R>(work: () => R) => R;
  readonly end: (how?: StepEnd) => void;
}

const MOST_HEADERS = 32;
const CUT_OFF = Object.assign(new Error('nobody waited for it'), { name: 'Cancelled' });
const UNTOLD: TakingUp = { run: (work) => work(), end: () => undefined };

/** Publishes a message with where it comes from among its headers. */
export function sent(
  system: string,
  message: OutgoingMessage,
  publish: (message: OutgoingMessage) => Observable<never>,
): Observable<never> {
  return defer(() => {
    const { current } = carrier;
    if (!current) return publish(message);
    const step: Step = { operation: 'send', system, destination: message.routingKey };
    const stretch = current.begin(step, current.from(message.headers, 'here'));
    const headers = withTrace(message.headers, current.headers(stretch.carried, 'timed'));
    return current
      .run(stretch.carried, () => publish({ ...message, headers }))
      .pipe(
        tap({
          complete: () => stretch.end(),
          error: (failure: unknown) => stretch.end({ failure }),
          unsubscribe: () => stretch.end({ failure: CUT_OFF }),
        }),
      );
  });
}

/** Takes up a message out of a queue: says how long it was on its way, and begins what is done with it. */
export function takeUp(system: string, queue: string, { headers, attempt }: IncomingMessage): TakingUp {
  const { current } = carrier;
  if (!current) return UNTOLD;
  const step = { system, destination: queue, attempt };
  const from = current.from(headers);
  current.waited({ ...step, operation: 'wait' }, from);
  const stretch = current.begin({ ...step, operation: 'receive' }, from);
  return { run: (work) => current.run(stretch.carried, work), end: (how) => stretch.end(how) };
}

/** The headers of a message that is to come again: it has been on its way since now. */
export function sentAgain<H extends Readonly<Record<string, unknown>>>(headers: H): H {
  const { current } = carrier;
  const { traceparent, tracestate } = headers;
  if (!current || typeof traceparent !== 'string') return headers;
  const from = current.from({ traceparent, ...(typeof tracestate === 'string' && { tracestate }) });
  return { ...headers, ...current.headers(from, 'timed') };
}

/** Headers, with what says where a message comes from, as far as there is room for it. */
function withTrace(headers: Headers, trace: SentTrace | undefined): Headers {
  if (!trace) return headers;
  const others = Object.entries(headers).filter(([name]) => name !== 'traceparent' && name !== 'tracestate');
  const all = [...others, ...Object.entries(trace)];
  return all.length <= MOST_HEADERS ? Object.fromEntries(all) : headers;
}
