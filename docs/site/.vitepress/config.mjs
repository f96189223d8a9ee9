import { readFileSync } from 'node:fs';
import { defineConfig } from 'vitepress';
import { slug } from '../generate/slug.ts';

const contents = JSON.parse(readFileSync('docs/site/.work/pages/contents.json', 'utf8'));

export default defineConfig({
  title: 'rxfan',
  description: 'Fan-out and fan-in for RxJS: bounded, isolated, resumable.',
  srcDir: '.work/pages',
  outDir: 'dist',
  cacheDir: '.work/cache',
  head: [['link', { rel: 'icon', href: '/icon.svg' }]],
  markdown: { anchor: { slugify: slug } },
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    nav: [
      { text: 'Start', link: '/start' },
      { text: 'Semantics', link: '/semantics' },
      { text: 'Recipes', link: '/recipes/' },
      { text: 'API', link: '/api/' },
    ],
    sidebar: contents.map((section) => ({ ...section, collapsed: section.text === 'API' })),
  },
});
