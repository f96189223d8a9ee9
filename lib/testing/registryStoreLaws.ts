import type { Law } from './law.ts';
import { registryStoreRules } from './registryStoreRules.ts';
import type { RegistryStoreSubject } from './registryStoreSubject.ts';

/**
 * The rules every store of registrations keeps, ready for any test runner. Each check is async, and calls `create` for a
 * place of its own, where nothing is kept yet.
 *
 * @example
 * for (const law of registryStoreLaws(() => ({ open: () => fileRegistryStore({ folder }) }))) it(law.name, law.check);
 */
export function registryStoreLaws(create: () => RegistryStoreSubject | Promise<RegistryStoreSubject>): readonly Law[] {
  return Object.entries(registryStoreRules).map(([name, rule]) => ({
    name,
    check: async () => rule(await create()),
  }));
}
