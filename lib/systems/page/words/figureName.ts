/** The name of a figure in words: `oldestAgeMs` is `oldest age`. */
export function figureName(name: string): string {
  return name
    .replace(/(Ms|Bytes)$/, '')
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase();
}
