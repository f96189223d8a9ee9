import { marbles as plain } from '../../lib/testing/vitest/index.ts';
import { recordedMarbles } from './recordedMarbles.ts';

const file = process.env['RXFAN_RECORD_MARBLES'];

/** Marble tests; where the documentation asks for it, they write down what they ran. */
export const marbles = file === undefined ? plain : recordedMarbles(file);
