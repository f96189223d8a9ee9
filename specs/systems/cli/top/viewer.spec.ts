import { describe, expect, it } from 'vitest';
import { afterKey, keysOf, type Viewer } from '../../../../lib/systems/cli/top/viewer.ts';

const start: Viewer = { first: 0, name: '', isLeaving: false };
const after = (typed: string, from: Viewer = start) =>
  keysOf(typed).reduce((viewer, key) => afterKey(viewer, key, { things: 50, page: 20 }), from);

describe('afterKey', () => {
  it.each([
    ['q', { isLeaving: true }],
    ['\u001b', { isLeaving: true }],
    ['\u0003', { isLeaving: true }],
    ['/\u0003', { isLeaving: true }],
    ['jj\u001b[B\u001bOBk\u001b[A', { first: 2 }],
    ['k', { first: 0 }],
    ['\u001b[6~', { first: 20 }],
    ['\u001b[6~ ', { first: 30 }],
    ['G\u001b[5~', { first: 10 }],
    ['\u001b[F\u001b[H', { first: 0 }],
    ['Gg', { first: 0 }],
    ['/orders', { typing: 'orders', name: '' }],
    ['jj/ordexx\u007f\brs\r', { first: 0, name: 'orders', typing: undefined }],
    ['/quit q', { typing: 'quit q', isLeaving: false }],
    ['/or\u001b', { name: '', typing: undefined, isLeaving: false }],
    ['/a\r/\u007f\r', { name: '' }],
    ['/a\tb\u001b[A', { typing: 'ab' }],
    ['x?é', {}],
  ])('%j', (typed, expected) => {
    expect(after(typed)).toMatchObject({ ...start, ...expected });
  });

  it('takes no name without end', () => {
    expect(after(`/${'x'.repeat(10_000)}`).typing).toHaveLength(100);
  });
});
