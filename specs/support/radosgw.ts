import { execFile, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';

/** Ceph's gateway for S3 with all that it stands on, in memory and on this machine. */
export interface TestRadosgw {
  readonly endpoint: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  stop(): Promise<void>;
}

const PROGRAMS = ['ceph', 'ceph-mon', 'ceph-osd', 'monmaptool', 'radosgw', 'radosgw-admin'];
const STEP_MS = 60_000;
const run = promisify(execFile);

/**
 * Whether specs that need it are to be left out, for it takes long to start: they run with REQUIRE_RADOSGW=1 alone, as in
 * .ci/run. Says so once, in one line.
 */
export function withoutRadosgw(): boolean {
  if (process.env['REQUIRE_RADOSGW'] === '1') {
    const missing = PROGRAMS.filter((name) => spawnSync('sh', ['-c', `command -v ${name}`]).status !== 0);
    if (missing.length === 0) return false;
    throw new Error(
      `REQUIRE_RADOSGW is set, and there is no ${missing.join(', ')}: install radosgw, ceph-mon, ceph-osd`,
    );
  }
  console.info('radosgw specs are skipped: they run with REQUIRE_RADOSGW=1');
  return true;
}

/** Starts one, which takes some ten seconds. */
export async function startRadosgw(): Promise<TestRadosgw> {
  const folder = mkdtempSync(join(tmpdir(), 'rxfan-rgw-'));
  const [monPort, gatewayPort] = await freePorts();
  const [fsid, osd] = [randomUUID(), randomUUID()];
  const conf = join(folder, 'ceph.conf');
  const keys = { accessKeyId: 'specs', secretAccessKey: 'secret-of-the-specs' };
  const endpoint = `http://127.0.0.1:${gatewayPort}`;
  writeFileSync(conf, configuration(folder, { fsid, monPort: monPort!, gatewayPort: gatewayPort! }));
  for (const name of ['mon', 'osd', 'run']) mkdirSync(join(folder, name));

  const command = (name: string, ...args: readonly string[]) => run(name, ['-c', conf, ...args], { timeout: STEP_MS });
  const daemons: ChildProcess[] = [];
  const start = (name: string, id: string) => {
    const child = spawn(name, ['-c', conf, '-f', '-i', id], { stdio: 'ignore', cwd: folder });
    daemons.unshift(child);
  };
  const stop = async () => {
    for (const child of daemons) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill('SIGKILL'); // nothing of it is kept
      await once(child, 'exit');
    }
    rmSync(folder, { recursive: true, force: true });
  };

  try {
    const monmap = join(folder, 'monmap');
    await run('monmaptool', ['--create', '--fsid', fsid, '--addv', 'a', `[v2:127.0.0.1:${monPort}/0]`, monmap]);
    await command('ceph-mon', '--mkfs', '-i', 'a', '--monmap', monmap);
    start('ceph-mon', 'a');
    await command('ceph', '--connect-timeout', '30', 'osd', 'new', osd);
    await command('ceph-osd', '--mkfs', '-i', '0', '--osd-uuid', osd);
    start('ceph-osd', '0');
    const user = ['user', 'create', '--uid', 'specs', '--display-name', 'specs'];
    await command('radosgw-admin', ...user, '--access-key', keys.accessKeyId, '--secret-key', keys.secretAccessKey);
    start('radosgw', 'rgw');
    await answering(endpoint, daemons);
  } catch (cause) {
    const log = readFileSync(join(folder, 'log'), { encoding: 'utf8', flag: 'a+' });
    await stop();
    throw new Error(`radosgw did not start:\n${log.slice(-2_000)}`, { cause });
  }
  return { endpoint, ...keys, stop };
}

function configuration(
  folder: string,
  { fsid, monPort, gatewayPort }: { readonly fsid: string; readonly monPort: number; readonly gatewayPort: number },
): string {
  return `[global]
fsid = ${fsid}
mon host = [v2:127.0.0.1:${monPort}/0]
public network = 127.0.0.0/8
public addr = 127.0.0.1
auth cluster required = none
auth service required = none
auth client required = none
ms mon client mode = crc
ms mon service mode = crc
ms mon cluster mode = crc
ms cluster mode = crc
ms service mode = crc
ms client mode = crc
run dir = ${folder}/run
admin socket = ${folder}/run/$name.asok
log file = ${folder}/log
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pgp num = 1
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
mon allow pool size one = true
rgw frontends = beast endpoint=127.0.0.1:${gatewayPort}
rgw data = ${folder}/run
rgw thread pool size = 16
[mon.a]
mon data = ${folder}/mon
[osd]
osd data = ${folder}/osd
osd objectstore = memstore
memstore device bytes = 268435456
`;
}

async function answering(endpoint: string, daemons: readonly ChildProcess[]): Promise<void> {
  const until = performance.now() + STEP_MS;
  for (;;) {
    if (daemons.some(({ exitCode }) => exitCode !== null)) throw new Error('a daemon has ended');
    const answer = await fetch(endpoint).catch(() => undefined);
    await answer?.body?.cancel();
    if (answer) return;
    if (performance.now() > until) throw new Error('it does not answer');
    await wait(100);
  }
}

async function freePorts(): Promise<readonly number[]> {
  const servers = [createServer(), createServer()];
  const ports: number[] = [];
  for (const server of servers) {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    ports.push((server.address() as AddressInfo).port);
  }
  for (const server of servers) server.close();
  return ports;
}
