import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { runCommandLine } from '../../lib/systems/cli/commandLine.ts';
import { fakeTerminal } from '../support/fakeTerminal.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const run = promisify(execFile);

/** The first block of a language in the guide, with another port than that of everybody. */
async function blockOf(language: string, port: number): Promise<string> {
  const guide = await readFile(new URL('../../docs/routing.md', import.meta.url), 'utf8');
  const [, block] = new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 's').exec(guide) ?? [];
  return block!.replaceAll('8080', String(port));
}

describe('docs/routing.md', () => {
  it('can be followed literally', async () => {
    const port = await freePort();
    const folder = temporaryFolder({ 'c.yaml': await blockOf('yaml', port) });
    const config = ['--config', join(folder, 'c.yaml')];
    const [checked, terminal] = [fakeTerminal(), fakeTerminal()];

    await runCommandLine(['route', 'check', ...config], checked);
    expect(checked.out()).toBe(await blockOf('text', port));

    const ended = runCommandLine(['route', ...config, '--port', String(port)], terminal);
    await terminal.says(/ready/);
    const lines = (await blockOf('sh', port)).split('\n');
    for (const [i, line] of lines.entries()) {
      if (!line.startsWith('curl ')) continue;
      const stdout = await run('sh', ['-c', line]).then(
        (done) => done.stdout,
        (failure: unknown) => {
          const { code, stdout: soFar } = failure as { readonly code: number; readonly stdout: string };
          if (code !== 28) throw failure; // --max-time of a stream
          return soFar;
        },
      );
      expect(stdout.startsWith(lines[i + 1]!.slice(2)), `${line}\n${stdout}`).toBe(true);
    }

    await expect.poll(() => terminal.err()).toMatch(/default\/billing\/log .*"payload":{"number":1,"total":20}/);
    await expect.poll(() => readFile(join(folder, 'orders.jsonl'), 'utf8').catch(() => '')).toMatch(/"number":1/);
    terminal.stop();
    expect(await ended).toBe(0);
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
