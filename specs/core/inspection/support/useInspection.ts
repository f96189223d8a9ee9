import { afterEach, beforeEach } from 'vitest';
import { startInspection, type Inspection } from '../../../../lib/core/inspection/startInspection.ts';

/** The specs of this file are looked at, each by an inspection of its own. */
export function useInspection(): void {
  let inspection: Inspection | undefined;
  beforeEach(() => void (inspection = startInspection()));
  afterEach(() => inspection?.stop());
}
