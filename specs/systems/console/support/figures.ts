import type { ProcessFigures } from '../../../../lib/contracts/liveView.ts';

export const FIGURES: ProcessFigures = {
  uptimeMs: 1,
  lagP99Ms: 0,
  lagMaxMs: 0,
  heapUsedBytes: 1,
  heapTotalBytes: 2,
  residentBytes: 3,
  cpu: 0.1,
};
