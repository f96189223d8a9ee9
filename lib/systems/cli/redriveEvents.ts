import { firstValueFrom } from 'rxjs';
import { readSettings } from '../config/readSettings.ts';
import { EXIT } from './exit.ts';
import { openTransport } from './openTransport.ts';
import { checkShared } from './serveEvents.ts';
import type { Terminal } from './terminal.ts';

/** How many dead letters are moved at most, and by which settings. */
export interface RedriveFlags {
  readonly config?: string | undefined;
  readonly max?: number | undefined;
}

const CLOSE_MS = 5_000;

/** Moves dead letters of a queue back into it, prints how many, and gives the exit code. */
export async function redriveEvents(queue: string, { config, max }: RedriveFlags, terminal: Terminal): Promise<number> {
  const { events } = await readSettings({ file: config, env: terminal.env });
  checkShared(events);
  const transport = await openTransport(events);
  try {
    terminal.progress(`moving dead letters back into ${queue}`);
    const moved = await firstValueFrom(transport.redrive(queue, { max }));
    terminal.progress(undefined);
    await terminal.write(`${moved} of the dead letters are back in the queue\n`);
    return EXIT.done;
  } finally {
    await firstValueFrom(transport.close({ deadlineMs: CLOSE_MS }), { defaultValue: undefined });
  }
}
