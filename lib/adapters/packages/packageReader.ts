import { isRight } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { DecodeError, faultsOf, type Fault } from '../../contracts/failure.ts';
import type { Package } from './package.ts';
import { toPackage } from './toPackage.ts';
import { pointerOf, valueAt } from '../../boundary/valueAt.ts';

/** Where the parts of a package are in an item of an answer: JSON pointers or dotted paths. */
export interface PackagePaths {
  /** Several are joined with `/`. */
  readonly name: readonly string[];
  /** The first that is there; none is an empty version. */
  readonly version: readonly string[];
  readonly description: string | undefined;
}

const EMPTY = new Set<unknown>([undefined, null, '']);

const isText = (value: unknown): value is string | number =>
  (typeof value === 'string' && value !== '') || typeof value === 'number';

/** A text, or a number that stands for one. */
const Text = new t.Type<string, string>(
  'a text',
  (value): value is string => typeof value === 'string',
  (value, context) => (isText(value) ? t.success(String(value)) : t.failure(value, context)),
  String,
);

/** Reads the items of answers as packages; each item that is none is named with its place in one DecodeError. */
export function packageReader(source: string, paths: PackagePaths) {
  return (items: unknown, { where, at }: { readonly where: string; readonly at: string }): readonly Package[] => {
    const faults: Fault[] = [];
    const read = (path: string, item: unknown, i: number): string => {
      const result = Text.decode(valueAt(path, item));
      if (isRight(result)) return result.right;
      faults.push(...faultsOf(result.left).map((fault) => ({ ...fault, at: `${at}/${i}${pointerOf(path)}` })));
      return '';
    };

    const list = t.array(t.unknown, 'a list').decode(items);
    if (!isRight(list))
      throw new DecodeError(
        where,
        faultsOf(list.left).map((fault) => ({ ...fault, at: at || '/' })),
      );
    const packages = list.right.map((item, i) => {
      const name = paths.name.map((path) => read(path, item, i)).join('/');
      const path = paths.version.find((candidate) => !EMPTY.has(valueAt(candidate, item)));
      const version = path === undefined ? '' : read(path, item, i);
      const description = paths.description === undefined ? undefined : valueAt(paths.description, item);
      return toPackage(name, version, source, description);
    });
    if (faults.length > 0) throw new DecodeError(where, faults);
    return packages;
  };
}
