import type { Attributes, Meter } from '@opentelemetry/api';
import type { Step } from '../../../operators/internal/carrier.ts';
import { BoundedNames } from './boundedNames.ts';
import { errorType } from './spanOf.ts';
import { steadyName } from './steadyName.ts';
import type { Stopwatch } from './stopwatch.ts';

/** Those that the semantic conventions advise, in s. */
const BOUNDARIES = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
const MOST_ERROR_TYPES = 32;
const REST = 'other';

/** Records how long attempts take. */
export class Durations implements Stopwatch {
  isStopped = false;
  private readonly histogram: ReturnType<Meter['createHistogram']>;
  private readonly names: BoundedNames;
  private readonly errors = new BoundedNames(MOST_ERROR_TYPES);

  constructor(meter: Meter, maxSeries: number) {
    this.names = new BoundedNames(maxSeries);
    this.histogram = meter.createHistogram('messaging.process.duration', {
      description: 'How long an attempt of a handler took.',
      unit: 's',
      advice: { explicitBucketBoundaries: BOUNDARIES },
    });
  }

  start(step: Step): ReturnType<Stopwatch['start']> {
    if (step.operation !== 'process' && step.operation !== 'receive') return undefined;
    const since = performance.now();
    return ({ failure } = {}) => {
      if (this.isStopped) return;
      this.histogram.record((performance.now() - since) / 1_000, {
        ...this.attributesOf(step),
        ...(failure !== undefined && { 'error.type': this.errorType(failure) }),
      });
    };
  }

  private attributesOf({ system, destination, subscriber = '' }: Step): Attributes {
    const [name, subscription] = [steadyName(destination), steadyName(subscriber)];
    const isOwn = this.names.has(JSON.stringify([system, name, subscription]));
    return {
      'messaging.system': system,
      'messaging.operation.name': 'process',
      'messaging.destination.name': isOwn ? name : REST,
      ...(subscriber !== '' && {
        'messaging.destination.subscription.name': isOwn ? subscription : REST,
      }),
    };
  }

  private errorType(failure: unknown): string {
    const type = errorType(failure);
    return this.errors.has(type) ? type : '_OTHER';
  }
}
