/** A connection to PostgreSQL, as the clients of the package `pg` are. */
export interface PostgresClient {
  query(
    text: string,
    values?: unknown[],
  ): Promise<{ readonly rows: readonly unknown[]; readonly rowCount: number | null; readonly command: string }>;
  on(event: 'error', listener: (error: Error) => void): unknown;
  off(event: 'error', listener: (error: Error) => void): unknown;
}

/** Where connections come from, as the pools of the package `pg`. */
export interface PostgresPool {
  connect(): Promise<PostgresClient & { release(destroy?: boolean): void }>;
}

/** Which table an adapter keeps its rows in. */
export interface TableOptions {
  /** Default: the first schema on the search path. */
  readonly schema?: string | undefined;
  readonly table?: string | undefined;
}
