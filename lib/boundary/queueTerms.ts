import { OptionError } from '../../operators/errors.ts';
import { checkChoice, checkInteger } from '../../operators/internal/checkOption.ts';
import type { QueueContract } from '../contracts/transport.ts';

/** How an exchange looks at bindings: `direct` for the routing key itself, `topic` for patterns. */
export type ExchangeKind = 'direct' | 'topic';

/** A {@link QueueContract} with every default filled in. */
export type QueueTerms = { readonly [Key in keyof QueueContract]-?: Exclude<QueueContract[Key], undefined> };

/** What a broker can count of messages that are not settled. */
const MOST_CONCURRENT = 65_535;

const NAME = /^[\w.:-]{1,128}$/;
const PATTERN = /^(?:[^.*#\s\p{C}]+|\*|#)(?:\.(?:[^.*#\s\p{C}]+|\*|#))*$/u;
const LONGEST_PATTERN = 255;

/** Fills in the defaults of a queue; throws OptionError for what it cannot have. */
export function queueTerms(queue: QueueContract, exchange: ExchangeKind): QueueTerms {
  const { kind, name, bindings, handle, concurrency = 1, maxAttempts = 5 } = queue;
  const { retryDelayMs = 1_000, maxRetryDelayMs = 60_000, maxBodyBytes = 1_024 ** 2 } = queue;

  checkChoice('kind', kind, ['durable', 'transient']);
  if (!NAME.test(name)) throw new OptionError('name', '1 to 128 letters, digits, _, -, : and dots', name);
  for (const binding of bindings) checkBinding(binding, exchange);
  checkInteger('concurrency', concurrency, 1);
  if (concurrency > MOST_CONCURRENT) throw new OptionError('concurrency', `at most ${MOST_CONCURRENT}`, concurrency);
  checkInteger('maxAttempts', maxAttempts, 1);
  for (const [option, value] of Object.entries({ retryDelayMs, maxRetryDelayMs, maxBodyBytes })) {
    if (!(value >= 0)) throw new OptionError(option, '0 or more', value);
  }
  return {
    kind,
    name,
    bindings,
    handle,
    concurrency,
    maxAttempts,
    retryDelayMs,
    maxRetryDelayMs,
    maxBodyBytes,
  };
}

function checkBinding(binding: string, exchange: ExchangeKind): void {
  if (!PATTERN.test(binding) || new TextEncoder().encode(binding).length > LONGEST_PATTERN) {
    throw new OptionError('bindings', `words, * and # with dots between them, of ${LONGEST_PATTERN} bytes`, binding);
  }
  if (exchange === 'direct' && /[*#]/.test(binding)) {
    throw new OptionError('bindings', 'routing keys: a direct exchange knows no patterns', binding);
  }
}
