import type { LiveQuery } from '../live/liveQuery.ts';

/** One view of the console, under its hash. */
export interface View {
  readonly hash: string;
  readonly title: string;
  /** What the server must have for it; see /v1/console/parts. */
  readonly part: string;
  /** What it needs of the live stream, besides what the frame needs; absent: there is no stream. */
  readonly live?: LiveQuery;
}

/** The frame needs how many alerts are raised, which comes with any query. */
const FRAME: LiveQuery = { limit: 1 };

/** The views in the order of the navigation; the first is where one begins. */
export const views: readonly View[] = [
  { hash: 'catalogue', title: 'Catalogue', part: 'catalogue' },
  { hash: 'graph', title: 'Graph', part: 'inspection', live: {} },
  { hash: 'receivers', title: 'Receivers', part: 'routing', live: FRAME },
  { hash: 'jobs', title: 'Jobs', part: 'jobs', live: FRAME },
  { hash: 'operations', title: 'Operations', part: 'events', live: FRAME },
  { hash: 'dead-letters', title: 'Dead letters', part: 'deadLetters', live: FRAME },
  { hash: 'observer', title: 'Observer', part: 'observer', live: { kinds: ['observer', 'registration'] } },
  { hash: 'process', title: 'Process', part: 'inspection', live: FRAME },
  { hash: 'demo', title: 'Demo', part: 'demo', live: { name: 'demo.' } },
];
