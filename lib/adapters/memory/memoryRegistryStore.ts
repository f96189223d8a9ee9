import { defer, of } from 'rxjs';
import { canonicalJson } from '../../boundary/canonicalJson.ts';
import type { RegistrySnapshot } from '../../contracts/registration.ts';
import { StoreConflictError, type RegistryStore } from '../../contracts/registryStore.ts';

const NAME = 'the memory store of registrations';

/**
 * Keeps registrations while the process lives: as many as it is given, as a text. What it keeps and gives are copies.
 *
 * @example
 * const observer = createObserver({ store: memoryRegistryStore(), sources, notifiers, newId: randomUUID, random: Math.random });
 */
export function memoryRegistryStore(): RegistryStore {
  let text = canonicalJson({ registrations: [], tombstones: [] });
  let saves = 0;
  const revision = () => (saves === 0 ? undefined : String(saves));

  return {
    name: NAME,
    load: () => defer(() => of({ snapshot: JSON.parse(text) as RegistrySnapshot, revision: revision() })),
    save: (snapshot, expected) =>
      defer(() => {
        if (expected !== revision()) throw new StoreConflictError(NAME);
        text = canonicalJson(snapshot);
        saves++;
        return of(String(saves));
      }),
  };
}
