/** Those of the names that {@link matchesPattern} would say belong to the pattern; all of them where the pattern is not known. */
export type MatchedName<Name extends string, Pattern extends string> = string extends Pattern
  ? Name
  : Name extends unknown
    ? IsMatched<Name, Pattern> extends true
      ? Name
      : never
    : never;

type IsMatched<Name extends string, Pattern extends string> = Pattern extends '#'
  ? true
  : Pattern extends `#.${infer Rest}`
    ? IsMatched<Name, Rest> extends true
      ? true
      : Name extends `${string}.${infer Words}`
        ? IsMatched<Words, Pattern>
        : false
    : Pattern extends `${infer Word}.${infer Rest}`
      ? Name extends `${infer First}.${infer Words}`
        ? IsWord<First, Word> extends true
          ? IsMatched<Words, Rest>
          : false
        : IsWord<Name, Word> extends true
          ? IsEmpty<Rest>
          : false
      : Name extends `${string}.${string}`
        ? false
        : IsWord<Name, Pattern>;

type IsWord<Word extends string, Wanted extends string> = Wanted extends '*'
  ? true
  : Word extends Wanted
    ? true
    : false;

/** Whether a pattern may stand for no word at all. */
type IsEmpty<Pattern extends string> = Pattern extends '#'
  ? true
  : Pattern extends `#.${infer Rest}`
    ? IsEmpty<Rest>
    : false;
