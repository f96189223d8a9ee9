import { describe, it } from 'vitest';
import { memoryRegistryStore } from '../../../lib/adapters/memory/memoryRegistryStore.ts';
import { registryStoreLaws } from '../../../lib/testing/registryStoreLaws.ts';

describe('memoryRegistryStore', () => {
  const create = () => {
    const store = memoryRegistryStore();
    return { open: () => store };
  };

  for (const law of registryStoreLaws(create)) it(law.name, law.check);
});
