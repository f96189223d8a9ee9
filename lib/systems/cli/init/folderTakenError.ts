import { plain } from '../plain.ts';

const SHOWN = 5;

/** Where a project should go there is something already, which is left as it is. */
export class FolderTakenError extends Error {
  override readonly name = 'FolderTakenError';
  readonly code = 'folder_taken';
  readonly folder: string;
  /** What is in the folder; absent where it is no folder. */
  readonly entries: readonly string[] | undefined;

  constructor(folder: string, entries?: readonly string[]) {
    super(`${plain(folder)} ${inTheWay(entries)}; name a new folder, or one that is empty`);
    this.folder = folder;
    this.entries = entries;
  }
}

function inTheWay(entries: readonly string[] | undefined): string {
  if (entries === undefined) return 'is not a folder';
  const shown = entries.slice(0, SHOWN).map((entry) => JSON.stringify(entry));
  const more = entries.length - shown.length;
  return `is not empty: it has ${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
