import { describe, it } from 'vitest';
import { fileRegistryStore } from '../../../lib/adapters/file/fileRegistryStore.ts';
import { registryStoreLaws } from '../../../lib/testing/registryStoreLaws.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

describe('fileRegistryStore', () => {
  const create = () => {
    const folder = temporaryFolder();
    return { open: () => fileRegistryStore({ folder }) };
  };

  for (const law of registryStoreLaws(create)) it(law.name, law.check);
});
