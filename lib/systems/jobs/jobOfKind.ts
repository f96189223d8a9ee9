import { decode } from '../../boundary/decode.ts';
import type { Job } from '../../contracts/job.ts';
import type { JobKind, JobLimits } from './jobKind.ts';
import { messageText, messageTexts } from './messageTexts.ts';

/** A job of a kind, as the engine runs it: its messages are JSON texts. Throws DecodeError. */
export function jobOfKind(
  name: string,
  kind: JobKind,
  input: unknown,
  limits: JobLimits = {},
): Omit<Job<string>, 'topic' | 'token'> {
  decode(kind.input, input, 'the input');
  return {
    ...limits,
    input,
    run: (context) => {
      const { token } = context;
      const own = decode(kind.input, structuredClone(input), 'the input'); // what it makes of it is its own
      return messageTexts(
        kind.run(own, {
          token,
          kind: name,
          send: (message) => {
            const text = messageText(message);
            if (text !== undefined) context.send(text);
          },
          get signal() {
            return context.signal; // made when it is asked for
          },
        }),
      );
    },
  };
}
