import { firstValueFrom } from 'rxjs';
import { readSettings } from '../config/readSettings.ts';
import { EXIT } from './exit.ts';
import { openLog } from './openLog.ts';
import { openConsumer, openNamedService } from './openEvents.ts';
import { checkShared } from './serveEvents.ts';
import type { Terminal } from './terminal.ts';

/** How long handlers that run may take once the program was told to stop. */
const DRAIN_MS = 10_000;

/** Carries out commands and handles events of a service until it is told to stop, and gives the exit code. */
export async function consumeEvents(flags: { readonly config?: string }, terminal: Terminal): Promise<number> {
  const log = openLog(terminal);
  const settings = await readSettings({ file: flags.config, env: terminal.env });
  checkShared(settings.events);
  const opened = await openNamedService(settings.events, log);
  const consumer = await openConsumer(opened, settings.events, log);

  let stopping = false;
  const drain = async (): Promise<void> => {
    const since = Date.now();
    await firstValueFrom(consumer.close({ deadlineMs: DRAIN_MS }), { defaultValue: undefined });
    await opened.end(Math.max(100, since + DRAIN_MS - Date.now()));
    log.info('the consumer has stopped', { messages: consumer.stats() });
  };
  await new Promise<void>((resolve, reject) => {
    const unhook = terminal.onStop(() => {
      if (stopping) {
        terminal.exit(EXIT.failed);
        return;
      }
      stopping = true;
      log.info('stopping: no new messages, handlers that run may finish', { withinMs: DRAIN_MS });
      terminal.progress('stopping');
      drain().finally(unhook).then(resolve, reject);
    });
    let isReady = false;
    consumer.run().subscribe({
      next: ({ kind }) => {
        if (kind !== 'consuming' || isReady) return;
        isReady = true;
        terminal.write(`rxfan is ready: it consumes for ${opened.service.name}\n`).catch(reject);
      },
      error: reject,
    });
  });
  return EXIT.done;
}
