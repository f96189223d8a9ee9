import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { transform } from 'esbuild';
import { InvalidPageTokenError } from 'rxfan';
import { SourceOrderError } from 'rxfan/operators';
import { describe, expect, it, onTestFinished } from 'vitest';

const ROOT = new URL('../../', import.meta.url).pathname;

describe('docs/examples/recipes', () => {
  it('gatewayTools: one order over all servers, and the one that was down joins where it is', async () => {
    const { first, second, third } = await import('../../docs/examples/recipes/gatewayTools.ts');
    const called = (page: typeof first) => page.items.map(({ server, name }) => `${server}/${name}`);

    expect(called(first)).toEqual(['search/code', 'files/copy', 'search/images', 'files/list']);
    expect(first.unreachable).toMatchObject([{ source: 'mail', code: 'source_failed' }]);
    expect(called(second)).toEqual(['mail/list', 'files/move', 'files/read', 'mail/send']);
    expect(second.unreachable).toBe(undefined);
    expect(second.drift).toEqual({ suppressed: 0, late: 1, possibleGap: false, sources: ['mail'] });
    expect(called(third)).toEqual(['search/web', 'files/write']);
    expect(third.nextPageToken).toBe('');
  });

  it('mergeLogShards: lines come in the order of time, and a shard that is in none is named', async () => {
    const { lines, before, broken } = await import('../../docs/examples/recipes/mergeLogShards.ts');

    expect(lines.map(({ at }) => at)).toEqual([1, 2, 3, 4, 5]);
    expect(broken).toEqual(new SourceOrderError(1, 1));
    expect(before.map(({ at }) => at)).toEqual([2]);
  });

  it('webhookBulkheads: a healthy endpoint has everything while the others have nothing, and nothing is lost', async () => {
    const { aside, ledger, meanwhile, problems, redriven } =
      await import('../../docs/examples/recipes/webhookBulkheads.ts');

    expect(meanwhile).toMatchObject({ offered: 20, succeeded: 0, running: 2, waiting: 18 });
    expect(aside).toMatchObject({ offered: 20, parked: 20, retried: 40, succeeded: 0 });
    expect(problems).toHaveLength(20);
    expect(problems).toContain(
      'acme/order-events: route down failed on order-1 (attempt 3): down: it answered with status 503',
    );
    expect(redriven).toBe(20);
    expect([...ledger.routes].map(([name, { offered, succeeded }]) => [name, offered, succeeded])).toEqual([
      ['healthy', 20, 20],
      ['hanging', 20, 20],
      ['down', 20, 20],
    ]);
    expect(ledger).toMatchObject({ received: 20, acked: 20, nacked: 0, pending: 0 });
  });

  it('drainOnSigterm: every event, message and job has come to its end', async () => {
    const { ledger } = await import('../../docs/examples/recipes/drainOnSigterm.ts');

    expect(ledger.events).toEqual({ received: 30, acked: 30, nacked: 0, pending: 0 });
    expect(ledger.mail).toMatchObject({ offered: 30, succeeded: 30 });
    expect(ledger.jobs).toMatchObject({ started: 30, succeeded: 30, running: 0, queued: 0 });
  });

  it('drainOnSigterm: a process that is sent the signal leaves by itself, with code 0', async () => {
    const source = await readFile(`${ROOT}docs/examples/recipes/drainOnSigterm.ts`, 'utf8');
    const program = `${source}
      const orders$ = timer(0, 1).pipe(map((n) => ({ number: n })), tap(({ number }) => { if (number === 20) console.log('busy'); }));
      console.log('SIGTERM: ' + JSON.stringify(await run(orders$, process)));`;
    const { code: script } = await transform(program, { loader: 'ts', target: 'node20', format: 'esm' });
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], { cwd: ROOT });
    onTestFinished(() => void child.kill('SIGKILL'));
    const said: string[] = [];
    let errors = '';
    child.stderr.on('data', (text) => (errors += String(text)));
    createInterface({ input: child.stdout }).on('line', (line) => {
      said.push(line);
      if (line === 'busy') child.kill('SIGTERM');
    });
    const ended = await new Promise((resolve) => child.once('close', (code, signal) => resolve({ code, signal })));

    expect({ ended, errors }).toEqual({ ended: { code: 0, signal: null }, errors: '' });
    const { events, mail, jobs } = JSON.parse(said.at(-1)!.replace('SIGTERM: ', ''));
    expect(events.received).toBeGreaterThanOrEqual(20);
    expect(events).toEqual({ received: events.received, acked: events.received, nacked: 0, pending: 0 });
    expect(mail.succeeded).toBe(events.received);
    expect(jobs).toMatchObject({ started: events.received, succeeded: events.received });
  });

  it('fromMergeMap: the same below the bound, and at the bound what was chosen', async () => {
    const recipe = await import('../../docs/examples/recipes/fromMergeMap.ts');

    expect(recipe.plain).toEqual(['saved 2', 'saved 1', 'saved 3', 'saved 4', 'saved 5', 'saved 6']);
    expect(recipe.bounded).toEqual(recipe.plain);
    expect(recipe.refused).toEqual(['overflow']);
    expect(recipe.newest.toSorted()).toEqual(['saved 1', 'saved 2', 'saved 7', 'saved 8']);
    expect(recipe.dropped).toEqual([3, 4, 5, 6]);
    expect(recipe.oldest.toSorted()).toEqual(['saved 1', 'saved 2', 'saved 3', 'saved 4']);
    expect(recipe.saved.toSorted()).toEqual(['saved 1', 'saved 2', 'saved 4', 'saved 5', 'saved 6']);
    expect(recipe.failures).toEqual(['orders: save failed on 3 (attempt 1): no such customer']);
    expect(recipe.subscribers.get('save')).toMatchObject({ offered: 6, succeeded: 5, failed: 1, refused: 0 });
  });

  it('fromKubeappsTokens: goes on where an old token stands, and refuses it once it is over', async () => {
    const { last, next, refused } = await import('../../docs/examples/recipes/fromKubeappsTokens.ts');

    expect(next.items.map(({ name }) => name)).toEqual(['grafana', 'kafka', 'nginx', 'podinfo']);
    expect(next.nextPageToken).toMatch(/^[\w-]+$/);
    expect(next.drift).toBe(undefined);
    expect(last.items.map(({ name }) => name)).toEqual(['redis', 'wordpress']);
    expect(last.nextPageToken).toBe('');
    expect(refused).toEqual(new InvalidPageTokenError());
  });
});
