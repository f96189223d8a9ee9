import { isLeft } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { compileCondition, type Condition } from '../../core/routing/condition.ts';
import { compileStep, type TransformStep } from '../../core/routing/transformStep.ts';
import type { FilterSpec, RouteSpec, SenderSpec } from '../routing/routingSpec.ts';
import { byKey, decoder, oneOf, shape, whole } from './codecs.ts';
import { descriptionOf, means } from './described.ts';
import { name } from './names.ts';
import { readAs } from './readAs.ts';
import { liveSenderReference, retry, senderReference } from './senderConfig.ts';
import type { ConfigScope } from './sourceConfig.ts';

const DAY_MS = 86_400_000;
const MILLION = 1_000_000;
const list = <C extends t.Mixed>(codec: C, name: string) => t.array(codec, name);

const condition = made<Condition>('a condition', (input) => compileCondition(input as Condition));
const step = made<TransformStep>('a step of a transform', (input) => compileStep(input as TransformStep, 'step'));
const path = t.string;

const filter = readAs<FilterSpec>(
  byKey({
    match: shape({ match: means('What an event must be; others are left out.', condition) }, {}),
    transform: shape({ transform: means('Steps, in order.', list(step, 'a list of steps')) }, {}),
    split: shape(
      {
        split: shape(
          {},
          {
            path: means('Where the list is in the event. Default: the event is the list.', path),
            maxParts: means('Most parts of one event; one with more fails. Default: 1000.', whole(1, MILLION)),
            concurrency: means('Most parts at the same time. Default: 16.', whole(1, 10_000)),
          },
        ),
      },
      {},
    ),
    dedup: shape(
      {
        dedup: shape(
          {},
          {
            path: means('Where the key is in the event. Default: its id.', path),
            maxKeys: means('Most keys to remember. Default: 10000.', whole(1, MILLION)),
            maxAgeMs: means('How long a key is remembered. Default: 600000.', whole(1, DAY_MS)),
            maxKeyLength: means('Longest key. Default: 1024.', whole(1, 65_536)),
          },
        ),
      },
      {},
    ),
    batch: shape(
      {
        batch: shape(
          { size: means('Events of a full batch.', whole(1, 10_000)) },
          { flushMs: means('How long the first event of a batch waits for others. Default: 1000.', whole(0, DAY_MS)) },
        ),
      },
      {},
    ),
  }),
);

/** A route of a receiver. */
export function routeConfig(scope: ConfigScope): t.Type<RouteSpec, unknown> {
  return checked(routeShape(senderReference(scope)));
}

/** A route that is added over HTTP: its sender is one of the configuration, a topic or the log. */
export const liveRoute: t.Type<RouteSpec, unknown> = checked(routeShape(liveSenderReference));

/** A route with that for its sender. */
function routeShape(sender: t.Type<string | SenderSpec, unknown>) {
  return shape(
    { name: means('What it is called.', name), sender: means('Where its events go.', sender) },
    {
      filters: means('What happens to an event before it is sent, in order.', list(filter, 'a list of filters')),
      concurrency: means(
        'Most events at the same time. Default: 1, in order; with a batch its size.',
        whole(1, 10_000),
      ),
      bufferSize: means('Most events that wait. Default: 1024.', whole(1, MILLION)),
      overflow: means(
        'What happens to one more. Default: error.',
        oneOf(['error', 'dropOldest', 'dropNewest', 'coalesce', 'block', 'park']),
      ),
      timeoutMs: means('Longest time for one attempt. Default: 30000.', whole(1, DAY_MS)),
      retry: means('When and how often is tried again. Default: not at all.', retry),
      onFailure: means('What becomes of an event that failed for good. Default: keep.', oneOf(['keep', 'park'])),
      parkSize: means('Most events that are put aside. Default: 1024.', whole(1, MILLION)),
      watermarks: means(
        'When an alert is raised and cleared.',
        shape(
          {},
          {
            high: means('Raised at so many that wait. Default: 0.8 of bufferSize.', whole(1, MILLION)),
            low: means('Cleared at so many. Default: half of high.', whole(0, MILLION)),
            highAgeMs: means('Raised when one waits so long, too. Default: never.', whole(1, DAY_MS)),
            holdMs: means('Only what holds so long is told. Default: 1000.', whole(0, DAY_MS)),
          },
        ),
      ),
      guaranteed: means('Events that may always wait, whatever the budget. Default: 16.', whole(0, MILLION)),
    },
  );
}

/** Refuses a route whose parts are right one by one, and do not go together. */
function checked(codec: t.Decoder<unknown, RouteSpec>): t.Type<RouteSpec, unknown> {
  return decoder(
    'an object',
    (input, context) => {
      const decoded = codec.validate(input, context);
      if (isLeft(decoded)) return decoded;
      const errors = contradictions(decoded.right).map(({ key, message }) => ({
        value: (input as Record<string, unknown>)[key],
        context: t.appendContext(context, key, t.unknown),
        message,
      }));
      return errors.length > 0 ? t.failures(errors) : decoded;
    },
    descriptionOf(codec).parts,
  );
}

function contradictions(route: RouteSpec): readonly { readonly key: keyof RouteSpec; readonly message: string }[] {
  const { filters = [], concurrency, bufferSize = 1_024, timeoutMs = 30_000, watermarks = {}, retry: again } = route;
  const { high = Math.max(1, Math.floor(bufferSize * 0.8)), low } = watermarks;
  const batches = filters.flatMap((each) => ('batch' in each ? [each.batch] : []));
  const at = filters.findIndex((each) => 'batch' in each);
  const { size = 1, flushMs = 1_000 } = batches[0] ?? {};
  const problems: { key: keyof RouteSpec; message: string }[] = [];
  const problem = (key: keyof RouteSpec, message: string) => problems.push({ key, message });

  if (batches.length > 1) problem('filters', 'have more than one batch; a batch of batches is never full');
  if (concurrency !== undefined && concurrency < size) {
    problem('concurrency', `is ${concurrency}, less than the size of the batch (${size}), which could not be filled`);
  }
  for (const each of filters.slice(0, Math.max(0, at))) {
    if (!('split' in each) || (each.split.concurrency ?? size) >= size) continue;
    problem('filters', `split ${each.split.concurrency} at a time, less than the size of the batch (${size})`);
  }
  if (batches.length > 0 && flushMs >= timeoutMs) {
    problem('filters', `may wait ${flushMs} ms for a batch, and the route only ${timeoutMs} ms (timeoutMs)`);
  }
  if (high > bufferSize) problem('watermarks', `have a high mark (${high}) above the bufferSize (${bufferSize})`);
  if (low !== undefined && low >= high)
    problem('watermarks', `have a low mark (${low}) that is not below the high (${high})`);
  if (again?.delayMs !== undefined && again.delayMs > (again.maxDelayMs ?? 30_000)) {
    problem('retry', `has a delayMs (${again.delayMs}) above its maxDelayMs (${again.maxDelayMs ?? 30_000})`);
  }
  return problems;
}

/** Data that something is made of: what refuses to be made of it says why. */
function made<A>(codecName: string, make: (input: unknown) => unknown): t.Type<A, unknown> {
  return decoder(codecName, (input, context) => {
    try {
      make(input);
      return t.success(input as A);
    } catch (failure) {
      return t.failure(input, context, `is not right: ${failure instanceof Error ? failure.message : String(failure)}`);
    }
  });
}
