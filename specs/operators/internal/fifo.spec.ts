import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fifo } from '../../../operators/internal/fifo.ts';
import { collectGarbage } from '../../support/collectGarbage.ts';
import { runs } from '../../support/seed.ts';

describe('Fifo', () => {
  it('gives what an array would', () => {
    // Long runs of one kind, so that the ring goes round, doubles, and gets empty while it is large.
    const commands = fc.array(fc.tuple(fc.constantFrom('push', 'push', 'shift', 'clear'), fc.nat({ max: 1_500 })), {
      maxLength: 8,
    });

    fc.assert(
      fc.property(commands, (commands) => {
        const fifo = new Fifo<number>();
        let model: number[] = [];
        let next = 0;
        for (const [command, times] of commands) {
          if (command === 'clear') {
            fifo.clear();
            model = [];
          } else if (command === 'push') {
            for (let i = 0; i < times; i++) {
              fifo.push(next);
              model.push(next++);
            }
          } else {
            const count = Math.min(times, model.length);
            const taken = Array.from({ length: count }, () => fifo.shift());
            expect(taken).toEqual(model.splice(0, count));
          }
          expect(fifo.size).toBe(model.length);
        }
        expect(Array.from({ length: fifo.size }, () => fifo.shift())).toEqual(model);
      }),
      runs(200),
    );
  });

  it('lets go of what was taken, and of everything when it is cleared', async () => {
    const fifo = new Fifo<object>();
    const refs = Array.from({ length: 3 }, () => {
      const value = {};
      fifo.push(value);
      return new WeakRef(value);
    });
    const alive = async () => {
      await collectGarbage();
      return refs.map((ref) => ref.deref() !== undefined);
    };

    fifo.shift();
    expect(await alive()).toEqual([false, true, true]);

    fifo.clear();
    expect(await alive()).toEqual([false, false, false]);
  });
});
