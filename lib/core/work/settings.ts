import { OptionError } from '../../../operators/errors.ts';
import { checkChoice, checkInteger } from '../../../operators/internal/checkOption.ts';
import type { StopOptions, WorkEngineOptions } from './workEngine.ts';

/** The options of an engine, checked and with their defaults. */
export interface Settings {
  readonly topics: readonly string[];
  readonly newToken: () => string;
  readonly maxRunning: number;
  readonly maxQueued: number;
  readonly channels: 'perJob' | 'perTopic';
  readonly maxUnsettled: number;
  readonly bufferSize: number;
  readonly maxMessages: number;
  readonly retentionMs: number;
  readonly maxRetained: number;
  readonly store: WorkEngineOptions['store'];
  readonly storeTimeoutMs: number;
  readonly freeze: 'deep' | 'off';
  readonly onError: NonNullable<WorkEngineOptions['onError']>;
}

/** Throws OptionError on an option that cannot be meant. */
export function settingsOf(options: WorkEngineOptions): Settings {
  const { topics, newToken, maxRunning = 16, maxQueued = 1_024, channels = 'perJob', maxUnsettled = 1_024 } = options;
  const { bufferSize = 1_024, maxMessages = 100_000, retentionMs = 3_600_000, maxRetained = 1_000 } = options;
  const { store, storeTimeoutMs = 10_000, freeze = 'deep', onError = () => undefined } = options;
  if (topics.length === 0) throw new OptionError('topics', 'one or more', topics);
  for (const topic of topics) {
    if (typeof topic !== 'string' || topic === '') throw new OptionError('topics', 'texts that are not empty', topic);
  }
  if (typeof newToken !== 'function') throw new OptionError('newToken', 'a function', newToken);
  checkLimit('maxRunning', maxRunning, 1);
  checkInteger('maxQueued', maxQueued, 0);
  checkChoice('channels', channels, ['perJob', 'perTopic']);
  checkInteger('maxUnsettled', maxUnsettled, 1);
  checkInteger('bufferSize', bufferSize, 1);
  checkLimit('maxMessages', maxMessages, 0);
  if (!(retentionMs >= 0)) throw new OptionError('retentionMs', '0 or more', retentionMs);
  checkInteger('maxRetained', maxRetained, 0);
  if (!(storeTimeoutMs > 0)) throw new OptionError('storeTimeoutMs', 'more than 0', storeTimeoutMs);

  return {
    topics: [...new Set(topics)],
    newToken,
    maxRunning,
    maxQueued,
    channels,
    maxUnsettled,
    bufferSize,
    maxMessages,
    retentionMs,
    maxRetained,
    store,
    storeTimeoutMs,
    freeze,
    onError,
  };
}

/** Throws OptionError on a stop that cannot be meant. */
export function stopOf({ deadlineMs = 30_000, mode = 'drain' }: StopOptions = {}): {
  readonly deadlineMs: number;
  readonly mode: 'drain' | 'abort';
} {
  if (!(deadlineMs >= 0)) throw new OptionError('deadlineMs', '0 or more', deadlineMs);
  checkChoice('mode', mode, ['drain', 'abort']);
  return { deadlineMs, mode };
}

/** Throws unless it is an integer, or Infinity. */
export function checkLimit(option: string, value: number, least: number): void {
  if (value !== Infinity) checkInteger(option, value, least);
}
