/** The views of the console: what stands behind the hash, and the title. */
export const VIEWS = [
  ['catalogue', 'Catalogue'],
  ['graph', 'Graph'],
  ['receivers', 'Receivers'],
  ['jobs', 'Jobs'],
  ['operations', 'Operations'],
  ['dead-letters', 'Dead letters'],
  ['observer', 'Observer'],
  ['process', 'Process'],
  ['demo', 'Demo'],
] as const;
