/** A part of the table of contents: links, by what they are called. */
export interface Section {
  readonly text: string;
  readonly items: readonly { readonly text: string; readonly link: string }[];
}

/** What the table of contents is made of besides what stands in it by name. */
export interface ContentsOptions {
  readonly operators: readonly string[];
  readonly recipes: readonly { readonly text: string; readonly link: string }[];
  /** Doors, `rxfan/http`, by the page of each. */
  readonly doors: ReadonlyMap<string, string>;
}

/** The table of contents. */
export function contents({ operators, recipes, doors }: ContentsOptions): readonly Section[] {
  return [
    section('Begin', { 'Start in five minutes': '/start', Glossary: '/glossary', Examples: '/examples/' }),
    section('Guides', {
      'Compose pipelines': '/pipelines',
      'Page through many sources': '/paging',
      'Write marble tests': '/testing',
      'See who holds up whom': '/inspection',
    }),
    { text: 'Operators', items: operators.map((name) => ({ text: name, link: `/operators/${name}` })) },
    { text: 'Recipes', items: recipes },
    section('Programs', {
      'Command line': '/cli',
      Catalogue: '/catalogue',
      Jobs: '/jobs',
      Routing: '/routing',
      Events: '/events',
      Observer: '/observer',
      Console: '/console',
      'All settings': '/configuration',
    }),
    section('Reference', {
      Semantics: '/semantics',
      'Errors by code': '/errors',
      Performance: '/performance',
      Reliability: '/reliability',
      Architecture: '/architecture',
      Decisions: '/decisions/',
      Contributing: '/contributing',
      Changelog: '/CHANGELOG',
    }),
    { text: 'API', items: [...doors].map(([text, link]) => ({ text, link })) },
  ];
}

function section(text: string, items: Readonly<Record<string, string>>): Section {
  return { text, items: Object.entries(items).map(([item, link]) => ({ text: item, link })) };
}
