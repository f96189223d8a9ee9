import type { Command, Option } from 'commander';

/** A word that may come next, and what it is. */
export interface Candidate {
  readonly word: string;
  readonly description: string;
}

/** What an option or an argument takes: one of some words, something in the file system, or anything. */
export type Taken =
  | { readonly kind: 'words'; readonly words: readonly Candidate[] }
  | { readonly kind: 'files' }
  | { readonly kind: 'anything' };

/** A command, and what may follow it. */
export interface CompletionPlace {
  /** The words that lead to it, from the name of the program on. */
  readonly path: string;
  readonly commands: readonly Candidate[];
  readonly options: readonly Candidate[];
  /** The options with a value, each with all its names. */
  readonly values: readonly { readonly names: readonly string[]; readonly taken: Taken }[];
  /** What its first argument may be. */
  readonly argument: Taken;
}

/** Every place of a command line, as the tree of commands has them. */
export function completionPlaces(command: Command, above = ''): readonly CompletionPlace[] {
  const path = `${above} ${command.name()}`.trimStart();
  const help = command.createHelp();
  const options = help.visibleOptions(command);
  const below = help.visibleCommands(command);
  const [argument] = command.registeredArguments;
  const place: CompletionPlace = {
    path,
    commands: below.map((subcommand) => ({ word: subcommand.name(), description: subcommand.description() })),
    options: options.map((option) => ({ word: option.long ?? option.flags, description: option.description })),
    values: options
      .filter((option) => option.required || option.optional)
      .map((option) => ({ names: namesOf(option), taken: takenBy(option.argChoices, option.flags) })),
    argument: takenBy(argument?.argChoices, `<${argument?.name() ?? ''}>`),
  };
  return [place, ...below.flatMap((subcommand) => completionPlaces(subcommand, path))];
}

function namesOf({ short, long }: Option): readonly string[] {
  return [long, short].filter((name) => name !== undefined);
}

/** Files are told by what the help calls them. */
function takenBy(choices: readonly string[] | undefined, shown: string): Taken {
  if (choices) return { kind: 'words', words: choices.map((word) => ({ word, description: '' })) };
  return /[<[](?:file|folder)(?:\.\.\.)?[>\]]/.test(shown) ? { kind: 'files' } : { kind: 'anything' };
}
