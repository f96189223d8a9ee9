export { marbles } from '../../lib/testing/vitest/index.ts';
