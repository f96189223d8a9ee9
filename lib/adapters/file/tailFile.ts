import { defer, exhaustMap, finalize, Observable, timer } from 'rxjs';
import { OptionError } from '../../../operators/errors.ts';
import { checkChoice, checkInteger } from '../../../operators/internal/checkOption.ts';
import { TooLargeError } from '../../boundary/tooLargeError.ts';
import { createTail } from './createTail.ts';

/** What {@link tailFile} reads. */
export interface TailFileOptions {
  readonly path: string;
  /** How often the file is looked at, in ms. Default: 1 000. */
  readonly pollMs?: number | undefined;
  /** Longest line, in bytes without its end. Default: 64 KiB. */
  readonly maxLineBytes?: number | undefined;
  /** Where to begin in a file that is there already. Default: `end`. */
  readonly from?: 'start' | 'end' | undefined;
  /** Takes the place of every line that is too long, and left out. */
  readonly onReject: (error: TooLargeError) => void;
}

/** The longest time that a timer can wait. */
const MAX_DELAY_MS = 2 ** 31 - 1;

/**
 * The lines that are appended to a file, as they come. The file may be absent, renamed and made anew (what was written
 * before is read to its end), or cut (reading begins anew). Renamed twice between two looks, the one in between is lost;
 * cut and grown again beyond the place of reading, the beginning is.
 *
 * - **Emits** each line without its `\n` or `\r\n`. What is no UTF-8 in it is U+FFFD. The rest of a file that was renamed
 *   or cut is a line although nothing ends it.
 * - **Holds** the beginning of one line, and one open file.
 * - **Completes** never.
 * - **Errors** with UnreachableError when the file cannot be read, other than that it is not there.
 * - **Unsubscribing** closes the file.
 *
 * @example
 * tailFile({ path: '/var/log/orders.jsonl', onReject: (error) => log.warn(error.message) }).subscribe(receive);
 */
export function tailFile(options: TailFileOptions): Observable<string> {
  const { path, pollMs = 1_000, maxLineBytes = 65_536, from = 'end', onReject } = options;
  if (!(pollMs > 0)) throw new OptionError('pollMs', 'more than 0 ms', pollMs);
  checkInteger('maxLineBytes', maxLineBytes, 1);
  checkChoice('from', from, ['start', 'end']);
  const tooLong = () => new TooLargeError(`a line of ${path}`, maxLineBytes);

  return defer(() => {
    const tail = createTail({ path, from, maxLineBytes, onTooLong: () => onReject(tooLong()) });
    const look$ = new Observable<string>((subscriber) => {
      const isLeft = () => subscriber.closed;
      tail
        .read((line) => subscriber.next(line), isLeft)
        .then(
          () => subscriber.complete(),
          (failure: unknown) => subscriber.error(failure),
        );
    });
    return timer(0, Math.min(pollMs, MAX_DELAY_MS)).pipe(
      exhaustMap(() => look$),
      finalize(() => tail.close()),
    );
  });
}
