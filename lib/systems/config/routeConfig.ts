import { isLeft } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { compileCondition, type Condition } from '../../core/routing/condition.ts';
import { compileStep, type TransformStep } from '../../core/routing/transformStep.ts';
import type { FilterSpec, RouteSpec } from '../routing/routingSpec.ts';
import { byKey, decoder, oneOf, shape, whole } from './codecs.ts';
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
    match: shape({ match: condition }, {}),
    transform: shape({ transform: list(step, 'a list of steps') }, {}),
    split: shape({ split: shape({}, { path, maxParts: whole(1, MILLION), concurrency: whole(1, 10_000) }) }, {}),
    dedup: shape(
      {
        dedup: shape(
          {},
          { path, maxKeys: whole(1, MILLION), maxAgeMs: whole(1, DAY_MS), maxKeyLength: whole(1, 65_536) },
        ),
      },
      {},
    ),
    batch: shape({ batch: shape({ size: whole(1, 10_000) }, { flushMs: whole(0, DAY_MS) }) }, {}),
  }),
);

/** A route of a receiver. */
export function routeConfig(scope: ConfigScope): t.Type<RouteSpec, unknown> {
  return checked(routeShape(senderReference(scope)));
}

/** A route that is added over HTTP: its sender is one of the configuration, a topic or the log. */
export const liveRoute: t.Type<RouteSpec, unknown> = checked(routeShape(liveSenderReference));

/** A route with that for its sender. */
function routeShape<S extends t.Mixed>(sender: S) {
  return shape(
    { name, sender },
    {
      filters: list(filter, 'a list of filters'),
      concurrency: whole(1, 10_000),
      bufferSize: whole(1, MILLION),
      overflow: oneOf(['error', 'dropOldest', 'dropNewest', 'coalesce', 'block', 'park']),
      timeoutMs: whole(1, DAY_MS),
      retry,
      onFailure: oneOf(['keep', 'park']),
      parkSize: whole(1, MILLION),
      watermarks: shape(
        {},
        { high: whole(1, MILLION), low: whole(0, MILLION), highAgeMs: whole(1, DAY_MS), holdMs: whole(0, DAY_MS) },
      ),
      guaranteed: whole(0, MILLION),
    },
  );
}

/** Refuses a route whose parts are right one by one, and do not go together. */
function checked(codec: t.Decoder<unknown, RouteSpec>): t.Type<RouteSpec, unknown> {
  return decoder('an object', (input, context) => {
    const decoded = codec.validate(input, context);
    if (isLeft(decoded)) return decoded;
    const errors = contradictions(decoded.right).map(({ key, message }) => ({
      value: (input as Record<string, unknown>)[key],
      context: t.appendContext(context, key, t.unknown),
      message,
    }));
    return errors.length > 0 ? t.failures(errors) : decoded;
  });
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
