import { textOf } from './files.ts';
import type { Page } from './page.ts';
import { siteLinks } from './siteLinks.ts';
import { withoutRemarks } from './withoutRemarks.ts';

const HERO = `---
layout: home
hero:
  name: rxfan
  text: Fan-out and fan-in for RxJS
  tagline: Bounded, isolated, resumable.
  actions:
    - { text: Start in five minutes, link: /start, theme: brand }
    - { text: What holds, link: /semantics, theme: alt }
features:
  - { title: Bounded fan-out, details: At most n at a time and m that wait, link: /pipelines }
  - { title: Ordered merge and pages, details: One order and one token over many sources, link: /paging }
  - { title: Marble tests, details: With promises and timers; failures that can be read, link: /testing }
---
`;

/** The first page: what the README says, under a heading. */
export function homePage(): Page {
  const [, ...parts] = textOf('README.md').split(/^(?=## )/m);
  const told = parts.filter((part) => !part.startsWith('## More')).join('');
  return { path: 'index', title: 'rxfan', text: `${HERO}\n${siteLinks('README.md', withoutRemarks(told)).text}` };
}
