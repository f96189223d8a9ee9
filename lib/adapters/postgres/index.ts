export type { PostgresClient, PostgresPool, TableOptions } from './postgresClient.ts';
export { postgresInbox, type PostgresInbox, type PostgresInboxOptions } from './postgresInbox.ts';
export { postgresOutbox, type PostgresOutbox } from './postgresOutbox.ts';
export { RolledBackError } from './rolledBackError.ts';
