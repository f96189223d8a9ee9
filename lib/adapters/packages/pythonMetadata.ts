/** The fields of a distribution's metadata that a package is made of. */
export interface PythonMetadata {
  readonly name?: string | undefined;
  readonly version?: string | undefined;
  readonly summary?: string | undefined;
}

/** Reads the head of a METADATA or PKG-INFO file: mail headers, which may be folded, up to the first blank line. */
export function pythonMetadata(text: string): PythonMetadata {
  const [head = ''] = text.replace(/^\ufeff/, '').split(/\r?\n\r?\n/, 1);
  const fields = new Map<string, string>();
  for (const field of head.split(/\r?\n(?![ \t])/)) {
    const [, name = '', value = ''] = /^([^:\s]+)[ \t]*:([\s\S]*)$/.exec(field) ?? [];
    const key = name.toLowerCase();
    if (!fields.has(key)) fields.set(key, value.replace(/\s+/g, ' ').trim());
  }
  return { name: fields.get('name'), version: fields.get('version'), summary: fields.get('summary') };
}
