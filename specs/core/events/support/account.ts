import * as t from 'io-ts';
import { defineCommand } from '../../../../lib/core/events/defineCommand.ts';
import { defineEvent } from '../../../../lib/core/events/defineEvent.ts';
import { defineMessages } from '../../../../lib/core/events/defineMessages.ts';

/** A catalogue to try things with. */
export const Deposit = defineCommand('account.deposit', t.strict({ account: t.string, amount: t.number }, 'Deposit'));
export const Close = defineCommand('account.close', t.strict({ account: t.string }, 'Close'));
export const Deposited = defineEvent(
  'account.deposited',
  t.strict({ account: t.string, amount: t.number }, 'Deposited'),
);
export const Closed = defineEvent('account.closed', t.strict({ account: t.string }, 'Closed'));
export const messages = defineMessages([Deposit, Close, Deposited, Closed]);

/** Ids that are told apart by eye. */
export function countedIds(prefix = 'id', first = 1): () => string {
  let next = first;
  return () => `${prefix}-${next++}`;
}

/** What a service says no with. */
export class RefusedDepositError extends Error {
  override readonly name = 'RefusedDepositError';
  readonly code = 'refused_deposit';
}
