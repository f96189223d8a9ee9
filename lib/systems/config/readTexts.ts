import { isLeft } from 'fp-ts/lib/Either.js';
import type * as t from 'io-ts';
import type { SetText, SetTexts } from './setText.ts';

/** What {@link readTexts} reads: the codec of a text by its name. A secret is never shown. */
export type TextCodecs = Readonly<Record<string, t.Decoder<unknown, unknown>>>;

/** The values of texts, each there if it was set. */
export type TextValues<C extends TextCodecs> = {
  readonly [K in keyof C]?: C[K] extends t.Decoder<unknown, infer A> ? A : never;
};

/** Reads texts with a codec each. What cannot be read is left out, and told to `problems` with the place it stands at. */
export function readTexts<C extends TextCodecs>(texts: SetTexts, codecs: C, problems: string[]): TextValues<C> {
  const read = ([name, codec]: [string, t.Decoder<unknown, unknown>]): [string, unknown][] => {
    if (!Object.hasOwn(texts, name)) return [];
    const { text, from } = texts[name]!;
    const decoded = codec.decode(text);
    if (!isLeft(decoded)) return [[name, decoded.right]];
    problems.push(...decoded.left.map(({ message }) => `${from} ${message ?? mustBe(codec.name, texts[name]!)}`));
    return [];
  };
  return Object.fromEntries(Object.entries(codecs).flatMap(read)) as TextValues<C>;
}

function mustBe(expected: string, { text }: SetText): string {
  return `must be ${expected}, not ${JSON.stringify(text.slice(0, 60))}`;
}
