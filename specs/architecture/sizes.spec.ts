import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { codeLinesOf, doors, sourceFiles, statementsOf } from './source.ts';

/** Most lines of code a file may have before it is two, the folder that counts being the deepest one. */
const NORMS: Readonly<Record<string, number>> = {
  'operators/': 80,
  'lib/contracts/': 120,
  'lib/boundary/': 120,
  'lib/core/': 120,
  'lib/adapters/': 180,
  'lib/systems/': 180,
  'lib/testing/': 180,
};
const MOST_IN_A_DOOR = 80; // files, not lines: how long a list of names is says nothing

/** Files that are better in one piece, with the reason. */
const EXCEPTIONS: Readonly<Record<string, { readonly lines: number; readonly reason: string }>> = {
  'lib/core/paging/lineup.ts': {
    lines: 163,
    reason: 'one state machine, whose counts of lanes hold all of it together',
  },
  'lib/core/topics/attached.ts': {
    lines: 160,
    reason: 'the one place where the parts of a subscriber meet',
  },
  'lib/core/topics/topic.ts': {
    lines: 162,
    reason: 'all that a Subject promises, and all that is promised besides',
  },
  'lib/core/topics/waitingRoom.ts': {
    lines: 132,
    reason: 'one state machine, whose counts hold all of it together',
  },
  'operators/internal/tournament.ts': {
    lines: 146,
    reason: 'one data structure, whose invariants hold all of it together',
  },
};

const doorFiles = Object.values(doors);

describe('sizes', () => {
  it.each(Object.entries(NORMS))('%s: no file has more than %s lines of code', (folder, norm) => {
    const files = sourceFiles.filter((file) => file.startsWith(folder) && !doorFiles.includes(file));
    const tooLong = files
      .map((file) => ({ file, lines: codeLinesOf(file), most: EXCEPTIONS[file]?.lines ?? norm }))
      .filter(({ lines, most }) => lines > most);

    expect(files).not.toEqual([]);
    expect(tooLong).toEqual([]);
  });

  it('makes no exception for a file that needs none', () => {
    const idle = Object.keys(EXCEPTIONS).filter((file) => {
      const norm = Object.entries(NORMS).find(([folder]) => file.startsWith(folder))?.[1] ?? 0;
      return !sourceFiles.includes(file) || codeLinesOf(file) <= norm;
    });
    expect(idle).toEqual([]);
  });

  it.each(Object.entries(doors))('%s only re-exports, from 80 files at most', (_, file) => {
    const others = statementsOf(file).filter(
      (statement) => !(ts.isExportDeclaration(statement) && statement.moduleSpecifier),
    );
    expect(others.map((statement) => statement.getText())).toEqual([]);
    expect(statementsOf(file).length).toBeLessThanOrEqual(MOST_IN_A_DOOR);
  });
});
