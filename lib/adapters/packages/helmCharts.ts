import { setImmediate } from 'node:timers/promises';
import * as t from 'io-ts';
import { LineCounter, parseDocument } from 'yaml';
import { FormatError } from '../../contracts/failure.ts';
import { decode } from '../../boundary/decode.ts';
import { yamlParts, type YamlPart } from './yamlParts.ts';

const Chart = t.intersection(
  [t.type({ name: t.string, version: t.string }), t.partial({ description: t.unknown })],
  'Chart',
);
const Index = t.type({ entries: t.record(t.string, t.array(Chart, 'a list of chart versions'), 'charts') }, 'Index');

/** One version of a chart. */
export type HelmChart = t.TypeOf<typeof Chart>;

/** Parsing takes about half a second per megabyte: everything else gets its turn this often. */
const CHARS_PER_TURN = 32 * 1024;
const MAX_ALIASES = 100;

/**
 * The charts in the text of an index.yaml, which may be JSON. What is not YAML is a FormatError with the line, what is
 * not an index a DecodeError with the place.
 */
export async function helmCharts(text: string, where: string, signal: AbortSignal): Promise<readonly HelmChart[]> {
  const json = asJson(text);
  if (json !== undefined) return chartsOf(json, where);

  const { frame, entries } = yamlParts(text, 'entries');
  const [index] = frame.map((part) => parsed(part, where));
  if (entries.length === 0) return chartsOf(index, where);

  const charts: HelmChart[] = [];
  let chars = 0;
  for (const part of entries) {
    charts.push(...chartsOf({ entries: parsed(part, where) }, where));
    chars += part.text.length;
    if (chars < CHARS_PER_TURN) continue;
    chars = 0;
    await setImmediate(undefined, { signal });
  }
  return charts;
}

function chartsOf(index: unknown, where: string): readonly HelmChart[] {
  return Object.values(decode(Index, index, where).entries).flat();
}

/** Much faster, where it is JSON. */
function asJson(text: string): unknown {
  if (!/^\s*\{/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The failsafe schema leaves every scalar a text: version 1.10 must not become the number 1.1. */
function parsed({ text, line }: YamlPart, where: string): unknown {
  const lines = new LineCounter();
  try {
    const document = parseDocument(text, { schema: 'failsafe', lineCounter: lines, prettyErrors: false });
    const [error] = document.errors;
    if (error)
      throw new FormatError(where, line + lines.linePos(error.pos[0]).line - 1, error.message, { cause: error });
    return document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch (error) {
    if (error instanceof FormatError) throw error;
    throw new FormatError(where, line, error instanceof Error ? error.message : String(error), { cause: error });
  }
}
