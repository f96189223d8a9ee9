import * as t from 'io-ts';

/** What a codec is made of. */
export type Parts =
  | { readonly kind: 'shape'; readonly required: t.Props; readonly optional: t.Props }
  | { readonly kind: 'byType' | 'byKey'; readonly shapes: Readonly<Record<string, t.Mixed>> }
  | { readonly kind: 'list'; readonly each: t.Mixed };

/** What a codec says of itself to those who describe a configuration; it has no part in reading one. */
export interface Description {
  readonly parts?: Parts | undefined;
  /** What is set by it and what happens without, in a sentence or two. */
  readonly meaning?: string | undefined;
}

const descriptions = new WeakMap<t.Decoder<unknown, unknown>, Description>();

/** The same codec, described. */
export function described<C extends t.Decoder<unknown, unknown>>(codec: C, description: Description): C {
  descriptions.set(codec, description);
  return codec;
}

/** What a codec says of itself. */
export function descriptionOf(codec: t.Decoder<unknown, unknown>): Description {
  if (codec instanceof t.ArrayType) return { parts: { kind: 'list', each: codec.type as t.Mixed } };
  return descriptions.get(codec) ?? {};
}

/** A codec of its own that reads the same, and means this where it stands. */
export function means<C extends t.Mixed>(meaning: string, codec: C): t.Type<t.TypeOf<C>, unknown> {
  const own = new t.Type<t.TypeOf<C>, unknown>(codec.name, codec.is, codec.validate, codec.encode);
  return described(own, { ...descriptionOf(codec), meaning });
}
