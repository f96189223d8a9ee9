import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { map, mergeMap } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { recordedFigures } from '../../docs/site/generate/recordedFigures.ts';
import { recordedMarbles } from '../support/recordedMarbles.ts';

describe('pictures in the documentation', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'rxfan-figures-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  const pictures = (body: Parameters<ReturnType<typeof recordedMarbles>>[0]) => {
    const file = join(folder, 'recorded.jsonl');
    recordedMarbles(file)(body)();
    return recordedFigures(file).map(({ svg }) => svg);
  };

  it('show what a test ran, by the names that it gives, and change with it', () => {
    const [first, second] = pictures(({ cold, expectObservable }) => {
      const letters$ = cold('-a-b-|');
      expectObservable(letters$.pipe(map((letter) => letter.toUpperCase()))).toBe('-A-B-|');
    }).concat(
      pictures(({ cold, expectObservable }) => {
        const later$ = cold('---a-|');
        expectObservable(later$).toBe('---a-|');
      })[1]!,
    );

    expect(first).toContain('letters: &quot;a&quot; at 1 ms, &quot;b&quot; at 3 ms, complete at 5 ms');
    expect(first).toContain('result: &quot;A&quot; at 1 ms, &quot;B&quot; at 3 ms, complete at 5 ms');
    expect(second).toContain('later: &quot;a&quot; at 3 ms, complete at 5 ms; ');
  });

  it('are not drawn of a test that fails', () => {
    expect(() => pictures(({ cold, expectObservable }) => expectObservable(cold('a|')).toBe('b|'))).toThrow();
  });

  it('draw inner sources that are alike once', () => {
    const [picture] = pictures(({ cold, expectObservable }) => {
      const source$ = cold('a-b|');
      expectObservable(source$.pipe(mergeMap((v) => cold('-v|', { v })))).toBe('-a-b|');
    });

    expect(picture!.match(/class="name"/g)).toHaveLength(3);
  });
});
