import type { TokenSealer } from '../../contracts/tokenSealer.ts';
import { createCatalogue, type Catalogue, type CatalogueOptions } from '../catalogue/createCatalogue.ts';
import { openSources } from '../config/openSources.ts';
import { readSettings, type Settings } from '../config/readSettings.ts';
import type { Log } from './log.ts';
import type { Terminal } from './terminal.ts';

/** What a command opens its catalogue with. */
export interface OpenOptions extends Pick<CatalogueOptions, 'onSourceChange'> {
  /** The configuration file. */
  readonly config: string | undefined;
  readonly terminal: Terminal;
  readonly log: Log;
  /** Makes the seal of page tokens where no keys are configured. */
  readonly sealerWithoutKeys: () => TokenSealer | Promise<TokenSealer>;
}

/** What a command works with. */
export interface Opened {
  readonly catalogue: Catalogue;
  readonly settings: Settings;
  /** Seals page tokens. */
  readonly sealer: TokenSealer;
}

/** The catalogue that the settings describe, and the settings. */
export async function openCatalogue(options: OpenOptions): Promise<Opened> {
  const { config, terminal, log, sealerWithoutKeys, onSourceChange } = options;
  const settings = await readSettings({ file: config, env: terminal.env });
  const { sources, pageSize, timeoutMs, onSourceFailure, pageTokens } = settings;
  const opened = await openSources(sources, { env: terminal.env, log });
  const sealer = pageTokens.sealer ?? (await sealerWithoutKeys());
  const catalogue = createCatalogue({
    sources: opened,
    sealer,
    ttlMs: pageTokens.ttlMs,
    pageSize,
    timeoutMs,
    onSourceFailure,
    onSourceChange,
    onForeignFailure: (source, failure) => log.error('a source failed', { source, failure }),
  });
  return { catalogue, settings, sealer };
}
