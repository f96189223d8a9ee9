export { fileJobStore, type FileJobStoreOptions } from './fileJobStore.ts';
export { fileRegistryStore, type FileRegistryStoreOptions } from './fileRegistryStore.ts';
export { fileSender, type FileSenderOptions } from './fileSender.ts';
export { tailFile, type TailFileOptions } from './tailFile.ts';
