import { CommanderError } from 'commander';
import { ConfigError } from '../config/configError.ts';
import { createProgram } from './createProgram.ts';
import { EXIT } from './exit.ts';
import { plain } from './plain.ts';
import type { Terminal } from './terminal.ts';
import { UsageError } from './usageError.ts';

/** Runs one command line to its end and gives the exit code. Whatever goes wrong is told in words, without a stack. */
export async function runCommandLine(args: readonly string[], terminal: Terminal): Promise<number> {
  let code: number = EXIT.done;
  const program = createProgram(terminal, (ended) => (code = ended));
  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (failure) {
    if (failure instanceof CommanderError) return failure.exitCode === 0 ? EXIT.done : EXIT.misused; // it has told why
    if (failure instanceof ConfigError) {
      for (const problem of failure.problems) terminal.error(`error: ${plain(problem)}\n`);
      return EXIT.misused;
    }
    terminal.error(`error: ${plain(failure instanceof Error ? failure.message : String(failure))}\n`);
    return failure instanceof UsageError ? EXIT.misused : EXIT.failed;
  } finally {
    terminal.progress(undefined);
  }
}
