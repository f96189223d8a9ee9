import { CODE_ENGINE_KEYS } from './observerFile.ts';
import { means } from '../described.ts';
import { overridden } from './overridden.ts';
import { readTexts } from '../readTexts.ts';
import type { SetTexts, Variables } from '../setText.ts';
import { hidden, line, listed, ofText, serviceAddress } from '../textCodecs.ts';

/** Where jobs of Code Engine are looked for and started. */
export interface CodeEngineSettings {
  readonly apiKey: string;
  readonly regions: readonly string[];
  readonly tokenUrl: string;
  /** Who asks for tokens, where the token service wants to know. */
  readonly client: { readonly id: string; readonly secret: string } | undefined;
}

const TOKEN_URL = 'https://iam.cloud.ibm.com';
const region = ofText('a region', (text) => (/^[a-z][a-z0-9-]{1,31}$/.test(text) ? text : undefined));
/** What the section of Code Engine says. */
export const codeEngineCodecs = {
  ce_apikey: means('An API key of IBM Cloud.', hidden),
  regions: means('Where jobs are looked for.', listed(region, 'names of regions with commas between them')),
  auth_endpoint: means('Gives tokens for the API key. Default: that of IBM Cloud.', serviceAddress),
  client_id: means('Who asks for tokens.', line),
  client_secret: means('With this.', hidden),
};
const NAMES = Object.fromEntries(CODE_ENGINE_KEYS.map((key) => [key, [key]]));

/** The settings of Code Engine; undefined where there are none, and no job can be started. */
export function readCodeEngine(section: SetTexts, env: Variables, problems: string[]): CodeEngineSettings | undefined {
  const texts = overridden(section, env, NAMES);
  if (texts['ce_apikey'] === undefined && texts['regions'] === undefined) return undefined;
  const before = problems.length;
  const values = readTexts(texts, codeEngineCodecs, problems);
  const { ce_apikey: apiKey, regions, client_id: id, client_secret: secret } = values;
  if (problems.length > before) return undefined;
  if (apiKey === undefined || regions === undefined) {
    problems.push(`CODE_ENGINE needs ${apiKey === undefined ? 'ce_apikey' : 'regions'}`);
    return undefined;
  }
  if ((id === undefined) !== (secret === undefined)) {
    problems.push(`CODE_ENGINE needs ${id === undefined ? 'client_id' : 'client_secret'} too`);
    return undefined;
  }
  const client = id === undefined || secret === undefined ? undefined : { id, secret };
  // The variable is one for the storage and for this, and the storage's has the path of the token in it.
  const tokenUrl = (values.auth_endpoint ?? TOKEN_URL).replace(/\/identity\/token$/, '');
  return { apiKey, regions, tokenUrl, client };
}
