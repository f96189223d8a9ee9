import { fileRegistryStore } from '../../../adapters/file/fileRegistryStore.ts';
import type { RegistryStore } from '../../../contracts/registryStore.ts';
import type { CloudStorageSettings, StorageSettings } from '../../config/observer/storage.ts';
import { withPackage } from './withPackage.ts';

/** Where registrations are kept; undefined: nowhere beyond the process. Nothing is read yet. */
export async function openRegistryStore(storage: StorageSettings): Promise<RegistryStore | undefined> {
  if (storage.kind === 'memory') return undefined;
  if (storage.kind === 'file') return fileRegistryStore({ folder: storage.path });
  const { bucket, key, endpoint, region } = storage;
  const { s3RegistryStore } = await withPackage(
    '@aws-sdk/client-s3',
    'registrations in COS_STORAGE; NO_COS does without',
    () => import('../../../adapters/s3/s3RegistryStore.ts'),
  );
  return s3RegistryStore({ bucket, key, endpoint, region, credentials: credentialsOf(storage) });
}

function credentialsOf({ credentials }: CloudStorageSettings) {
  if (credentials.kind === 'hmac') return credentials;
  const { apiKey: apikey, tokenUrl: authUrl, instanceId: resourceInstanceId } = credentials;
  return { kind: 'iam' as const, apikey, authUrl, resourceInstanceId };
}
