import { packageKey, type Package } from './package.ts';

/** Collects packages, each key once: the first one wins. */
export function uniquePackages(): { add(item: Package): void; readonly items: readonly Package[] } {
  const seen = new Set<string>();
  const items: Package[] = [];

  return {
    add(item) {
      const key = packageKey(item).join('\u0000');
      if (seen.has(key)) return;
      seen.add(key);
      items.push(item);
    },
    items,
  };
}
