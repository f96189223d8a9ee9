export { ibmMqDepths } from './ibmMqDepths.ts';
export { ibmMqscDepths } from './ibmMqscDepths.ts';
export type { ManagerTls } from './managerFetch.ts';
export type { IbmMqOptions } from './managerOptions.ts';
