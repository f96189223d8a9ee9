import { EXIT } from './exit.ts';
import { readRouting } from './readRouting.ts';
import { routeTable } from './routeTable.ts';
import type { ServeFlags } from './serveUntilStopped.ts';
import type { Terminal } from './terminal.ts';

/** Checks the configuration, prints what would be routed as a table, and gives the exit code. */
export async function checkRouting({ config }: Pick<ServeFlags, 'config'>, terminal: Terminal): Promise<number> {
  const { routed } = await readRouting(config, terminal);
  await terminal.write(routeTable(routed.spec));
  return EXIT.done;
}
