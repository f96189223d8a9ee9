/* eslint-disable no-control-regex -- terminals are steered by them */
import { describe, expect, it } from 'vitest';
import { picture } from '../../../../lib/systems/cli/top/picture.ts';
import { node, viewOf } from './support.ts';

const orders = node(1, 'topic', 'orders', { rates: { published: 20 }, waits: [{ how: 'is blocked by', on: 3 }] });
const mail = node(2, 'subscriber', 'orders/mail', {
  within: 1,
  figures: { waiting: 0, capacity: 1_000, running: 1, concurrency: 4 },
  rates: { offered: 20, succeeded: 19.5 },
});
const billing = node(3, 'subscriber', 'orders/billing', {
  within: 1,
  figures: { waiting: 900, capacity: 1_000, running: 2, concurrency: 2, oldestAgeMs: 12_300, alertSince: 1 },
  rates: { offered: 20, succeeded: 2 },
  waits: [{ subject: 'its 2 running attempts', how: 'are up to 3.0 s old' }],
});

describe('picture', () => {
  it('lists each thing below what it belongs to, first those that need a look', () => {
    expect(picture(viewOf(orders, mail, billing), { columns: 160, isColoured: false })).toEqual([
      'up 2 min 5 s · event loop 1.3 ms late · cpu 50 % · heap 20 MB, in all 80 MB · no alert',
      'topic 1 · subscriber 2',
      'NAME                  FILLED        WAITING    RUNNING      IN/S     OUT/S    LOST/S    OLDEST  WAITS FOR',
      "topic orders                                                20.0                                is blocked by subscriber 'orders/billing'",
      '  orders/billing  █████████░      900/1,000        2/2      20.0       2.0                12 s  its 2 running attempts are up to 3.0 s old',
      '  orders/mail     ░░░░░░░░░░        0/1,000        1/4      20.0      19.5',
    ]);
  });

  it.each([40, 60, 80, 100, 120])('has no line that is wider than %i columns, and keeps the name', (columns) => {
    const lines = picture(viewOf(orders, mail, billing), { columns, isColoured: false });
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(columns);
    expect(lines.filter((line) => line.includes('orders/mail'))).toHaveLength(1);
  });

  it('shows a part of the list, and how much is beyond it', () => {
    const view = { ...viewOf(orders, mail, billing), omitted: 9_800 };
    const lines = picture(view, { columns: 100, rows: 1, first: 1, isColoured: false });
    expect(lines).toHaveLength(5);
    expect(lines[3]).toContain('orders/billing');
    expect(lines[4]).toBe('1 above · 1 below · 9,800 more that need less of a look');
  });

  it('colours what loses values red and what is congested amber, and nothing where colours are not wanted', () => {
    const losing = node(4, 'subscriber', 'orders/log', { within: 1, rates: { dropped: 3 } });
    const lines = picture(viewOf(orders, billing, losing), { columns: 120, isColoured: true });
    const lineOf = (name: string) => lines.find((line) => line.includes(name));
    expect(lineOf('  orders/billing')).toMatch(/^\u001b\[33m.*\u001b\[0m$/);
    expect(lineOf('  orders/log')).toMatch(/^\u001b\[31m/);
    expect(picture(viewOf(orders, billing, losing), { columns: 120, isColoured: false }).join('')).not.toContain(
      '\u001b',
    );
  });

  it.each([['\u001b[2J\u001b[31mgone'], ['two\nlines\r'], ['\u202egnorw'], ['x'.repeat(100_000)], ['<b>&"']])(
    'keeps a hostile name on its line, and the terminal out of its hands',
    (name) => {
      const bad = node(5, name, name, { waits: [{ how: name, called: name }] });
      const lines = picture(viewOf(bad), { columns: 100, isColoured: false });
      expect(lines).toHaveLength(4);
      for (const line of lines) {
        expect(line.length).toBeLessThanOrEqual(100);
        expect(line).not.toMatch(/[\p{Cc}\u202a-\u202e]/u);
      }
    },
  );

  it('lists things whose owner is not listed, and owners that belong to each other not at all', () => {
    const alone = node(6, 'route', 'a/b', { within: 99 });
    const circle = [node(7, 'topic', 'x', { within: 8 }), node(8, 'topic', 'y', { within: 7 })];
    const lines = picture(viewOf(alone, ...circle), { columns: 100, isColoured: false });
    expect(lines.slice(3)).toEqual(['route a/b']);
  });
});
