/** A text that somebody set, and where: the name of a variable, or a file and a place in it. */
export interface SetText {
  readonly text: string;
  readonly from: string;
}

/** Texts by the name of what they set. */
export type SetTexts = Readonly<Record<string, SetText>>;

/** What an environment is read from. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** The variables of those names that are set. */
export function textsOf(env: Variables, names: readonly string[]): SetTexts {
  return Object.fromEntries(
    names.flatMap((name) => (env[name] === undefined ? [] : [[name, { text: env[name], from: name }]])),
  );
}
