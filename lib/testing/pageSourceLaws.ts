import { comparePageKeys, type PageKey } from '../contracts/pageKey.ts';
import type { Law } from './law.ts';
import { foreignTokenRules, rules } from './pageSourceRules.ts';
import type { PageSourceSubject } from './pageSourceSubject.ts';

/** What a page source does that not every page source does. */
export interface PageSourceTraits {
  /** The order of the list. Default: `comparePageKeys`. */
  readonly compare?: ((a: PageKey, b: PageKey) => number) | undefined;
  /** False where any text is a token, such as the key to go on after. Default: true. */
  readonly refusesForeignTokens?: boolean | undefined;
}

/**
 * The rules every page source keeps, ready for any test runner. Each check is async and calls `create` for itself.
 *
 * @example
 * const create = () => ({ source: usersOf(server), query: {}, key: (user: User) => user.id });
 * for (const law of pageSourceLaws(create)) it(law.name, law.check);
 */
export function pageSourceLaws<T, Q>(
  create: () => PageSourceSubject<T, Q> | Promise<PageSourceSubject<T, Q>>,
  traits: PageSourceTraits = {},
): readonly Law[] {
  const { compare = comparePageKeys, refusesForeignTokens = true } = traits;
  const kept = { ...rules, ...(refusesForeignTokens ? foreignTokenRules : {}) };

  return Object.entries(kept).map(([name, rule]) => ({
    name,
    check: async () => {
      const subject = await create();
      try {
        await rule(subject as unknown as PageSourceSubject<unknown, unknown>, compare);
      } finally {
        await subject.close?.();
      }
    },
  }));
}
