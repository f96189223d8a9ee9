import type { Part } from '../../../operators/internal/part.ts';

/** What there is to be seen of a budget. */
export interface InspectedBudget {
  readonly name: string;
  readonly size: number;
  readonly used: number;
}

/** A budget as an inspection sees it: when it is used up, it waits for those who have most of it. */
export function budgetPart(budget: InspectedBudget): Part {
  return {
    kind: 'budget',
    name: budget.name,
    of: budget,
    look: () => ({
      figures: { used: budget.used, size: budget.size },
      needs: 'any',
      heldBy: budget.used >= budget.size ? 'is used up by' : undefined,
    }),
  };
}
