/** Names of what no log shows. */
const SECRET = /authorization|api[-_]?key|password|passwd|passphrase|token|secret|cookie|credential/i;
const HIDDEN = '[redacted]';
const DEEPEST = 6;
const MOST_MEMBERS = 100;
const LONGEST_TEXT = 8_192;

/** Credentials where a text has them by their form. */
const FORMS: readonly (readonly [RegExp, string])[] = [
  [/\b([a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/?#@"'\\]*@/gi, `$1${HIDDEN}@`],
  [/([?&][\w.-]{0,60}(?:token|api[-_]?key|secret|password|signature)[\w.-]{0,60}=)[^&\s"'#]+/gi, `$1${HIDDEN}`],
  [/\b(Bearer|Basic) +[\w.~+/=-]{6,}/gi, `$1 ${HIDDEN}`],
];

/** A text without the credentials that it holds, as far as their form tells. */
export function redactedText(text: string): string {
  const start = text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}...` : text;
  return FORMS.reduce((shown, [form, by]) => shown.replace(form, by), start);
}

/** A value as a log shows it: without secrets, and within bounds. Members that are called as secrets are have none. */
export function redacted(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redactedText(value);
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= DEEPEST) return '[...]';
  if (value instanceof Error) return redactedText(errorText(value));
  if (value instanceof Date) return value;
  if (Array.isArray(value)) return value.slice(0, MOST_MEMBERS).map((item) => redacted(item, depth + 1));
  const members = Object.entries(value).slice(0, MOST_MEMBERS);
  return Object.fromEntries(members.map(([name, member]) => [redactedText(name), redactedMember(name, member, depth)]));
}

/** A member of an object: what its name tells counts, unless it is a number, or nothing. */
export function redactedMember(name: string, value: unknown, depth = 0): unknown {
  const mayBeSecret = typeof value === 'string' || (typeof value === 'object' && value !== null);
  return mayBeSecret && SECRET.test(name) ? HIDDEN : redacted(value, depth + 1);
}

/** An error with its stack and its cause. */
function errorText(error: Error): string {
  const { stack, cause } = error;
  const own = stack ?? String(error);
  if (cause === undefined) return own;
  return `${own}; cause: ${cause instanceof Error ? String(cause) : JSON.stringify(redacted(cause, 1))}`;
}
