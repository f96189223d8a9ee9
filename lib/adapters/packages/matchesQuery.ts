import type { Package, PackageQuery } from './package.ts';

/** Whether the query, in any case, is a part of the package's name or description. */
export function matchesQuery({ name, description = '' }: Package, { query = '' }: PackageQuery): boolean {
  if (query === '') return true;
  const wanted = query.toLowerCase();
  return name.toLowerCase().includes(wanted) || description.toLowerCase().includes(wanted);
}
