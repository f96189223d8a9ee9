import { dirname, resolve } from 'node:path';
import { EXIT } from '../exit.ts';
import { inShell } from '../inShell.ts';
import { ownFolder } from '../ownFolder.ts';
import { ownManifest } from '../ownManifest.ts';
import { plain } from '../plain.ts';
import type { Terminal } from '../terminal.ts';
import { UsageError } from '../usageError.ts';
import { ownSpec } from './ownSpec.ts';
import { projectName } from './projectName.ts';
import { starterFiles } from './starterFiles.ts';
import { writeFolder } from './writeFolder.ts';

/** What the command line of `rxfan init` says. */
export interface InitFlags {
  readonly rxfan?: string | undefined;
}

const POST = `curl http://127.0.0.1:8080/hooks/orders -H 'content-type: application/json' -d '{"kind":"order","number":1}'`;

/** Writes a project to start from, prints the commands to go on with, and gives the exit code. */
export async function initProject(folder: string, flags: InitFlags, terminal: Terminal): Promise<number> {
  if (folder === '' || plain(folder) !== folder) {
    throw new UsageError(`a folder needs a name that can be typed, not ${JSON.stringify(folder)}`);
  }
  const { version, devDependencies: pins } = ownManifest();
  const own = await ownSpec(ownFolder(), version);
  const { rxfan = own.spec } = flags;
  const install = flags.rxfan === undefined ? own.install : 'npm install';
  const files = await starterFiles({ name: projectName(folder, ['rxfan', ...Object.keys(pins)]), rxfan, pins });
  await writeFolder(folder, files).catch((failure: unknown) => {
    if (!isMissing(failure)) throw failure;
    throw new UsageError(`there is no folder ${dirname(resolve(folder))}: make it first, or name another`);
  });

  const enter =
    resolve(folder) === resolve('.') ? [] : [`cd ${inShell(folder.startsWith('-') ? `./${folder}` : folder)}`];
  const next = [...enter, install, 'npm test', 'npm start', 'npx rxfan route check', 'npx rxfan route'];
  await terminal.write(
    `A project of ${files.length} files is in ${folder}. Next:\n\n${inLines(next)}\n` +
      `While the last one runs, in another terminal:\n\n${inLines([POST])}\n` +
      'The event is then in orders.jsonl, and in the log.\n',
  );
  return EXIT.done;
}

function inLines(commands: readonly string[]): string {
  return commands.map((command) => `  ${command}\n`).join('');
}

function isMissing(failure: unknown): boolean {
  return failure instanceof Error && 'code' in failure && failure.code === 'ENOENT';
}
