/** A record that cannot be read: where it is, and why. */
export interface BrokenRecord {
  readonly where: string;
  readonly reason: string;
}

/** Some of the kept records cannot be read. They are still where they were. */
export class BrokenRecordsError extends Error {
  override readonly name = 'BrokenRecordsError';
  readonly code = 'broken_records';
  readonly broken: readonly BrokenRecord[];

  constructor(broken: readonly BrokenRecord[]) {
    const all = broken.map(({ where, reason }) => `${where}: ${reason}`).join('; ');
    super(`${broken.length} of the kept records cannot be read; mend them, or move them away: ${all}`);
    this.broken = broken;
  }
}
