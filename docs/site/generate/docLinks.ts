/** Markdown of a TSDoc comment for a page: errors lead to the list of errors, and what else it links to is shown as code. */
export function docLinks(text: string): string {
  return text.replaceAll(/\{@link (\w+)(?:\s*\|\s*([^}]+))?\}/g, (_, name: string, says?: string) => {
    const shown = says ?? `\`${name}\``;
    return name.endsWith('Error') ? `[${shown}](/errors#${name})` : shown;
  });
}
