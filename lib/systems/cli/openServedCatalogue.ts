import { defer, finalize } from 'rxjs';
import type { TokenSealer } from '../../contracts/tokenSealer.ts';
import { ephemeralSealer } from '../../adapters/node/ephemeralSealer.ts';
import type { Catalogue } from '../catalogue/createCatalogue.ts';
import type { Settings } from '../config/readSettings.ts';
import type { Log } from './log.ts';
import { openLog } from './openLog.ts';
import { listsProgress } from './listsProgress.ts';
import { openCatalogue } from './openCatalogue.ts';
import type { ServeFlags } from './serveUntilStopped.ts';
import type { Terminal } from './terminal.ts';

/** What a server is made of. */
export interface ServedCatalogue {
  readonly catalogue: Catalogue;
  readonly settings: Settings;
  readonly sealer: TokenSealer;
  readonly log: Log;
}

/** The catalogue of a server, whose sources are watched in its log. */
export async function openServedCatalogue(flags: ServeFlags, terminal: Terminal): Promise<ServedCatalogue> {
  const log = openLog(terminal);
  const lists = listsProgress(terminal);
  const opened = await openCatalogue({
    config: flags.config,
    terminal,
    log,
    sealerWithoutKeys: () => ephemeralSealer({ warn: (message) => log.warn(message) }),
    onSourceChange: ({ name, state, lastError }) => {
      lists.answered(name);
      if (state === 'unreachable') log.warn('a source is unreachable', { source: name, reason: lastError?.reason });
      else log.info('a source answers', { source: name });
    },
  });
  const asked = opened.catalogue;
  const catalogue: Catalogue = {
    ...asked,
    probe: () =>
      defer(() => {
        lists.begin(asked.sourceNames);
        return asked.probe().pipe(finalize(() => lists.end()));
      }),
  };
  return { ...opened, catalogue, log };
}
