import { Command } from 'commander';
import type { InitFlags } from './init/initProject.ts';
import type { Terminal } from './terminal.ts';
import { withExamples } from './withExamples.ts';

/** `rxfan init`: writes a project to start from. */
export function initCommand(terminal: Terminal, ended: (code: number) => void): Command {
  const command = new Command('init')
    .description('write a project to start from: a pipeline with its tests, and events that are routed')
    .argument('[folder]', 'a folder that is new or empty', '.')
    .option('--rxfan <spec>', 'where the project gets rxfan from, as its package.json has it (default: as this one)')
    .addHelpText(
      'after',
      '\nNothing is overwritten: a folder with something in it is refused, and what fails leaves nothing.',
    )
    .action(async (folder: string, flags: InitFlags) => {
      const { initProject } = await import('./init/initProject.ts');
      ended(await initProject(folder, flags, terminal));
    });
  return withExamples(command, 'rxfan init my-app', 'rxfan init my-app --rxfan file:../rxfan-0.1.0.tgz', 'rxfan init');
}
