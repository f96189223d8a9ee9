import * as t from 'io-ts';
import { shape, whole } from './codecs.ts';
import { means } from './described.ts';

/** Everything that can be set of the console. */
export interface ConsoleSettings {
  /** Whether the demo runs. */
  readonly demo: boolean;
  readonly maxClients: number;
}

/** The codec of the section. */
export const consoleConfig = shape(
  {},
  {
    demo: means('Whether a small pipeline runs, to try the console out. Default: false.', t.boolean),
    maxClients: means('Most clients of its live stream; one more is answered 503. Default: 16.', whole(1, 1_000)),
  },
);
