import { FormatError } from '../../contracts/failure.ts';
import type { Package } from './package.ts';
import type { Stanza } from './stanzas.ts';
import { toPackage } from './toPackage.ts';

/** The fields a {@link debianPackage} is made of. */
export const DEBIAN_FIELDS = ['Package', 'Version', 'Description'] as const;

const NAME = /^[a-z0-9][-+._a-z0-9]*$/i;

/** The package of one paragraph. A paragraph without a usable name or version is a FormatError. */
export function debianPackage(
  { line, fields }: Stanza<(typeof DEBIAN_FIELDS)[number]>,
  { where, source }: { readonly where: string; readonly source: string },
): Package {
  const { Package: name = '', Version: version = '' } = fields;
  if (!NAME.test(name)) throw new FormatError(where, line, 'a paragraph without a valid Package field');
  if (version === '') throw new FormatError(where, line, `package ${name} has no Version field`);
  return toPackage(name, version, source, fields.Description);
}
