import { filter, lastValueFrom, map, take, takeLast, tap } from 'rxjs';
import { mergeMapBounded } from '../../../../operators/mergeMapBounded.ts';
import { readSettings } from '../../config/readSettings.ts';
import { EXIT } from '../exit.ts';
import { plain } from '../plain.ts';
import { serverUrl, type ServerFlags } from '../serverUrl.ts';
import { ReaderGoneError, type Terminal } from '../terminal.ts';
import { followLive } from './followLive.ts';
import type { LiveView } from '../../../contracts/liveView.ts';
import { onScreen } from './onScreen.ts';
import { picture } from './picture.ts';

/** What is to be seen, and how. */
export interface TopFlags extends ServerFlags {
  readonly kind?: readonly string[] | undefined;
  readonly name?: string | undefined;
  readonly once?: boolean | undefined;
  readonly json?: boolean | undefined;
}

/** As many as a server tells of. */
const LIMIT = '200';
/** The second view is the first with rates. */
const WITH_RATES = 2;

/** Shows what runs in a server until whoever looks leaves, or once, and gives the exit code. */
export async function runTop(flags: TopFlags, terminal: Terminal): Promise<number> {
  const { kind: kinds = [], name = '', once = false, json = false } = flags;
  const base = await serverUrl(flags, terminal);
  const token =
    terminal.env['RXFAN_ADMIN_TOKEN'] ?? (flags.server === undefined ? await ownToken(flags, terminal) : undefined);
  const follow$ = (wanted: string) =>
    followLive({
      base,
      query: [...kinds.map((kind) => ['kind', kind] as const), ['name', wanted], ['limit', LIMIT]],
      token,
      random: Math.random,
    });

  const { screen } = terminal;
  if (screen && !once && !json) return onScreen({ follow$, name, base, screen, terminal });

  terminal.progress(`asking ${base}`);
  const view$ = follow$(name).pipe(
    tap((live) => {
      if (live.kind === 'lost') terminal.error(`${plain(live.failure.message)}; trying again\n`);
    }),
    filter((live) => live.kind === 'view'),
    map(({ view }) => view),
  );
  const wanted$ = json && !once ? view$ : view$.pipe(take(WITH_RATES), takeLast(1));
  const { columns = Infinity } = terminal;
  const text = (view: LiveView) => (json ? [JSON.stringify(view)] : picture(view, { columns, isColoured: false }));
  const written$ = wanted$.pipe(
    mergeMapBounded((view) => written(`${text(view).join('\n')}\n`, terminal), {
      concurrency: 1,
      bufferSize: 1,
      overflow: 'dropOldest',
    }),
  );
  await lastValueFrom(written$, { defaultValue: undefined }).catch((failure: unknown) => {
    if (!(failure instanceof ReaderGoneError)) throw failure;
  });
  return EXIT.done;
}

function written(text: string, terminal: Terminal): Promise<void> {
  terminal.progress(undefined);
  return terminal.write(text);
}

/** The token in the configuration of the server that is asked, when it is this one's. */
async function ownToken({ config }: TopFlags, { env }: Terminal): Promise<string | undefined> {
  return (await readSettings({ file: config, env })).routing?.adminToken;
}
