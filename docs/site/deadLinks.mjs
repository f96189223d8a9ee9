import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

const HREF = /<a [^>]*?href="([^"]*)"/g;
const ID = /\sid="([^"]*)"/g;

/** The links of a built site that lead to no page, or to no place on one: `page: link`. Links to other hosts are not followed. */
export function deadLinks(site) {
  const pages = new Map(
    readdirSync(site, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.html'))
      .map((file) => [join(site, file), readFileSync(join(site, file), 'utf8')]),
  );
  const places = new Map(
    [...pages].map(([file, html]) => [file, new Set([...html.matchAll(ID)].map(([, id]) => decoded(id)))]),
  );

  return [...pages].flatMap(([file, html]) => {
    const links = new Set([...html.matchAll(HREF)].map(([, href]) => decoded(href)));
    return [...links].filter((link) => isDead(link, file)).map((link) => `${file.slice(site.length + 1)}: ${link}`);
  });

  function isDead(link, from) {
    if (/^(?:https?|mailto):/.test(link)) return false;
    const [path, place] = link.split('#');
    const target = path === '' ? from : fileOf(path.startsWith('/') ? join(site, path) : join(dirname(from), path));
    return target === undefined || (place !== undefined && place !== '' && places.get(target)?.has(place) === false);
  }
}

function fileOf(path) {
  const candidates = [path, `${path}.html`, join(path, 'index.html')];
  return candidates.find((file) => existsSync(file) && statSync(file).isFile());
}

function decoded(text) {
  return decodeURIComponent(text.replaceAll('&amp;', '&').replaceAll('&quot;', '"').replaceAll('&#39;', "'"));
}
