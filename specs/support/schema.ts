/** The part of JSON Schema that our OpenAPI document uses. */
export type Schema = Readonly<Record<string, any>>;

const KNOWN = new Set([
  ...['$ref', 'type', 'required', 'properties', 'additionalProperties', 'items', 'enum', 'const', 'pattern', 'format'],
  ...['minimum', 'maximum', 'minItems', 'maxLength', 'description'],
]);

/** Where a value is not what a schema asks for; throws on a keyword that is not checked here. */
export function violations(schema: Schema, value: unknown, document: Schema, at = ''): readonly string[] {
  for (const keyword of Object.keys(schema)) if (!KNOWN.has(keyword)) throw new Error(`cannot check ${keyword}`);
  const { $ref, type, required = [], properties = {}, items, minItems = 0, pattern } = schema;
  if ($ref !== undefined) return violations(resolve($ref, document), value, document, at);
  const wrong = (expected: string) => [`${at || '/'} must be ${expected}, not ${JSON.stringify(value)}`];

  if ('const' in schema && value !== schema['const']) return wrong(JSON.stringify(schema['const']));
  if ('enum' in schema && !schema['enum'].includes(value)) return wrong(`one of ${schema['enum']}`);
  if (type === 'string') {
    if (typeof value !== 'string') return wrong('a string');
    if (pattern !== undefined && !new RegExp(pattern).test(value)) return wrong(pattern);
    if (schema['format'] === 'date-time' && Number.isNaN(Date.parse(value))) return wrong('a time');
  }
  if (type === 'boolean' && typeof value !== 'boolean') return wrong('a boolean');
  if (type === 'integer') {
    if (!Number.isInteger(value)) return wrong('an integer');
    const { minimum = -Infinity, maximum = Infinity } = schema;
    if (Number(value) < minimum || Number(value) > maximum) return wrong(`from ${minimum} to ${maximum}`);
  }
  if (type === 'array') {
    if (!Array.isArray(value) || value.length < minItems) return wrong(`a list of at least ${minItems}`);
    return value.flatMap((item, i) => violations(items, item, document, `${at}/${i}`));
  }
  if (type === 'object') {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return wrong('an object');
    const missing = required.filter((key: string) => !(key in value)).map((key: string) => `${at}/${key} is missing`);
    const found = Object.entries(value).flatMap(([key, part]) =>
      key in properties
        ? violations(properties[key], part, document, `${at}/${key}`)
        : schema['additionalProperties'] === false
          ? [`${at}/${key} is not described`]
          : [],
    );
    return [...missing, ...found];
  }
  return [];
}

/** What a `#/…` reference stands for. */
export function resolve(reference: string, document: Schema): Schema {
  const found = reference
    .split('/')
    .slice(1)
    .reduce<any>((node, step) => node?.[step], document);
  if (found === undefined) throw new Error(`${reference} leads nowhere`);
  return found;
}
