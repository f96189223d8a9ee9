/** Markdown of a TSDoc comment for a page: its links are code there, since what they name is on the same page or one click away. */
export function docLinks(text: string): string {
  return text.replaceAll(/\{@link (\w+)(?:\s*\|\s*([^}]+))?\}/g, (_, name: string, shown?: string) => shown ?? `\`${name}\``);
}
