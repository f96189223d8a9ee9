// Writes docs/configuration.md anew, out of the codecs of all settings.
import { writeFile } from 'node:fs/promises';
import { format, resolveConfig } from 'prettier';
import { run } from './run.mjs';

const { configurationText } = await run('docs/site/generate/configurationText.ts');
const options = await resolveConfig('docs/configuration.md');
await writeFile('docs/configuration.md', await format(configurationText(), { ...options, parser: 'markdown' }));
