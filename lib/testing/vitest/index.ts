export { fanTest } from './fanTest.ts';
export { marbles } from './marbles.ts';
