import fc from 'fast-check';
import { TestScheduler } from 'rxjs/testing';
import { describe, expect, it } from 'vitest';
import { drawLanes, type Lane } from '../../lib/testing/diagram.ts';
import { runs } from '../support/seed.ts';

function lane(marbles: Record<number, string>, endsAt?: number): Lane {
  return { cells: new Map(Object.entries(marbles).map(([frame, text]) => [Number(frame), text])), endsAt };
}

/** Marbles that leave room for their groups, as those of a diagram must; the last one may be the end. */
const spaced = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 3_000 }), fc.constantFrom('a', 'b', '(ab)', '(abc)')), { maxLength: 8 })
  .chain((steps) => fc.record({ steps: fc.constant(steps), ends: fc.boolean() }))
  .map(({ steps, ends }) => {
    const marbles = new Map<number, string>();
    let frame = 0;
    for (const [pause, text] of steps) {
      frame += pause;
      marbles.set(frame, text);
      frame += text.length;
    }
    if (ends) marbles.set(frame, '|');
    return { cells: marbles, endsAt: ends ? frame : undefined };
  });

function parse(row: string): unknown {
  return new TestScheduler(() => {}).run(({ cold }) => cold(row).messages);
}

describe('drawLanes', () => {
  it('draws rows that TestScheduler reads back as what they show', () => {
    fc.assert(
      fc.property(spaced, (drawn) => {
        const notifications = [...drawn.cells].flatMap(([frame, text]) =>
          Array.from(text.replace(/[()]/g, ''), (marble) => ({
            frame,
            notification: expect.objectContaining(
              marble === '|' ? { kind: 'C' } : { kind: 'N', value: marble },
            ) as unknown,
          })),
        );
        expect(parse(drawLanes([drawn]).rows[0]!)).toEqual(notifications);
      }),
      runs(),
    );
  });

  it('puts what happens at one time into one column, whatever else there is', () => {
    fc.assert(
      fc.property(fc.array(spaced, { minLength: 1, maxLength: 4 }), (lanes) => {
        const { rows, columns } = drawLanes(lanes);
        for (const [i, { cells }] of lanes.entries()) {
          for (const [frame, text] of cells) {
            const column = columns.get(frame)!;
            expect(rows[i]!.slice(column, column + text.length)).toBe(text);
          }
        }
      }),
      runs(),
    );
  });

  it('makes room for marbles that come faster than they can be written', () => {
    const { rows } = drawLanes([lane({ 1: '(abc)', 2: 'd', 3: '|' }, 3), lane({ 1: 'a', 2: 'b', 7: 'c' })]);
    expect(rows).toEqual([
      '-(abc)d|', //
      '-a    b----c',
    ]);
  });

  it.each([
    [16, '-a 16ms b'],
    [15, `-a${'-'.repeat(15)}b`],
    [5_000, '-a 5s b'],
    [120_000, '-a 2m b'],
    [61_500, '-a 61500ms b'],
    [0.5, '-a 0.5ms b'],
  ])('writes a pause of %s ms as %s', (pauseMs, row) => {
    expect(drawLanes([lane({ 1: 'a', [2 + pauseMs]: 'b' })]).rows).toEqual([row]);
  });

  it('draws nothing after the end of a lane, and silence in one that goes on', () => {
    expect(drawLanes([lane({ 1: '|' }, 1), lane({}), lane({ 4: 'a' })]).rows).toEqual([
      '-|', //
      '-----',
      '----a',
    ]);
  });
});
