import * as t from 'io-ts';
import { concat, defer, of, tap, throwError } from 'rxjs';
import { UnreachableError } from '../../contracts/failure.ts';
import type { Catalogue, RefreshReport } from '../catalogue/createCatalogue.ts';
import type { JobKind } from './jobKind.ts';

const NoInput = new t.Type<object>(
  'an object without keys',
  (input): input is object => isEmpty(input),
  (input, context) => (isEmpty(input) ? t.success(input) : t.failure(input, context)),
  (value) => value,
);

/**
 * The kind `catalogue.refresh`: reads every source of a catalogue anew, and has the catalogue list what was read. Tells
 * of each source how many packages it has, or why it could not be read; fails where none could.
 */
export function catalogueRefresh(catalogue: Pick<Catalogue, 'refresh'>): JobKind<object> {
  return {
    description: 'reads every source of the catalogue anew',
    input: NoInput,
    run: () =>
      defer(() => {
        const reports: RefreshReport[] = [];
        return concat(
          catalogue.refresh().pipe(tap((report) => reports.push(report))),
          defer(() => outcome(reports)),
        );
      }),
  };
}

function isEmpty(input: unknown): input is object {
  return typeof input === 'object' && input !== null && !Array.isArray(input) && Object.keys(input).length === 0;
}

function outcome(reports: readonly RefreshReport[]) {
  const failed = reports.filter(({ unreachable }) => unreachable !== undefined);
  if (reports.length > 0 && failed.length === reports.length) {
    const reasons = failed.map(({ unreachable }) => unreachable!.reason).join('; ');
    return throwError(() => new UnreachableError('any source', reasons));
  }
  const items = reports.reduce((sum, report) => sum + (report.items ?? 0), 0);
  return of({ sources: reports.length, items, unreachable: failed.map(({ source }) => source).sort() });
}
