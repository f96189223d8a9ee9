export type { EtagForm } from './bucketObjects.ts';
export type { HmacCredentials, IamCredentials, S3Access } from './createS3Client.ts';
export { s3RegistryStore, type S3RegistryStoreOptions } from './s3RegistryStore.ts';
