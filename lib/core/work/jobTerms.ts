import { OptionError } from '../../../operators/errors.ts';
import { checkInteger } from '../../../operators/internal/checkOption.ts';
import type { Job } from '../../contracts/job.ts';
import { checkLimit, type Settings } from './settings.ts';

/** A job, checked and with its defaults. */
export interface JobTerms<M> {
  readonly topic: string;
  readonly token: string;
  readonly input: unknown;
  readonly timeoutMs: number;
  readonly bufferSize: number;
  readonly maxMessages: number;
  readonly run: Job<M>['run'];
}

/** Throws OptionError on a job that cannot be meant. */
export function jobTermsOf<M>(job: Job<M>, settings: Settings): JobTerms<M> {
  const { topic, token = settings.newToken(), input, timeoutMs = Infinity, run } = job;
  const { bufferSize = settings.bufferSize, maxMessages = settings.maxMessages } = job;
  if (typeof token !== 'string' || token === '') throw new OptionError('token', 'a text that is not empty', token);
  if (typeof run !== 'function') throw new OptionError('run', 'a function', run);
  if (!(timeoutMs > 0)) throw new OptionError('timeoutMs', 'more than 0', timeoutMs);
  checkInteger('bufferSize', bufferSize, 1);
  checkLimit('maxMessages', maxMessages, 0);
  return { topic, token, input, timeoutMs, bufferSize, maxMessages, run: (context) => run.call(job, context) };
}
