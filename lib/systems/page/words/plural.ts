import { countText } from './countText.ts';

/** `1 lane`, `2 lanes`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${countText(count)} ${count === 1 ? one : many}`;
}
