export { fileJobStore, type FileJobStoreOptions } from './fileJobStore.ts';
export { fileSender, type FileSenderOptions } from './fileSender.ts';
export { tailFile, type TailFileOptions } from './tailFile.ts';
