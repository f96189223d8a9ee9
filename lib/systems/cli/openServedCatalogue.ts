import { ephemeralSealer } from '../../adapters/node/ephemeralSealer.ts';
import type { Log } from './log.ts';
import { openCatalogue, type Opened } from './openCatalogue.ts';
import type { Terminal } from './terminal.ts';

/** The catalogue as a server has it: what becomes of its sources is logged. */
export async function openServedCatalogue(
  config: string | undefined,
  terminal: Terminal,
  log: Log,
): Promise<Opened & { readonly probe: () => () => void }> {
  const opened = await openCatalogue({
    config,
    terminal,
    log,
    sealerWithoutKeys: () => ephemeralSealer({ warn: (message) => log.warn(message) }),
    onSourceChange: ({ name, state, lastError }) => {
      if (state === 'unreachable') log.warn('a source is unreachable', { source: name, reason: lastError?.reason });
      else log.info('a source answers', { source: name });
    },
  });
  return {
    ...opened,
    probe: () => {
      const probing = opened.catalogue.probe().subscribe();
      return () => probing.unsubscribe();
    },
  };
}
