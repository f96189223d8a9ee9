/** One event of an event stream. */
export interface ServerSentEvent {
  /** What the client gives as Last-Event-ID when it comes again; until an event has one, that of the event before. */
  readonly id?: string | undefined;
  /** The kind of event. Default: `message`. */
  readonly event?: string | undefined;
  /** Any text. Line ends arrive as `\n`, and halves of surrogate pairs as U+FFFD: JSON text has neither. */
  readonly data: string;
}

/** An id or a kind that an event stream cannot carry. */
export class SseFieldError extends Error {
  override readonly name = 'SseFieldError';
  readonly code = 'invalid_event_field';
  readonly field: 'id' | 'event';

  constructor(field: 'id' | 'event') {
    super(`the ${field} of an event must be well-formed text without line ends and NUL`);
    this.field = field;
  }
}

// eslint-disable-next-line no-control-regex -- they are what this is about
const UNFIT = /[\u0000\r\n]|\p{Surrogate}/u;
const LINE_END = /\r\n|\r|\n/;

/** The text of an event, as a client that keeps to the standard reads it. Throws SseFieldError. */
export function sseFrame({ id, event = '', data }: ServerSentEvent): string {
  if (id !== undefined && UNFIT.test(id)) throw new SseFieldError('id');
  if (UNFIT.test(event)) throw new SseFieldError('event');

  const lines = data.split(LINE_END).map((line) => `data: ${line}\n`);
  return (event === '' ? '' : `event: ${event}\n`) + lines.join('') + (id === undefined ? '' : `id: ${id}\n`) + '\n';
}
