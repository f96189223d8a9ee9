import { OptionError } from '../../../operators/errors.ts';

const NAME = /^[A-Za-z_][\w$]{0,49}$/; // with room for what names of indexes add

/** The name of a table as it stands in a statement. Throws OptionError for one that PostgreSQL would cut or refuse. */
export function quotedTable(schema: string | undefined, table: string): string {
  return [...(schema === undefined ? [] : [checked('schema', schema)]), checked('table', table)].join('.');
}

function checked(option: string, name: string): string {
  if (!NAME.test(name)) throw new OptionError(option, 'a letter or _, then up to 49 letters, digits, _ and $', name);
  return `"${name}"`;
}
