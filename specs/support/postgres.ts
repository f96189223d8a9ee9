import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A PostgreSQL of our own, on a socket in a temporary folder. */
export interface TestPostgres {
  readonly connectionString: string;
  stop(): Promise<void>;
}

/** Where the PostgreSQL programs are; undefined when there are none that can be started. */
export function postgresPrograms(): string | undefined {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [...versions.map((version) => join(debian, version, 'bin')), '/usr/local/bin', '/usr/bin'];
  const found = folders.find((folder) => ['initdb', 'postgres'].every((name) => existsSync(join(folder, name))));
  return found !== undefined && (process.getuid?.() !== 0 || servant() !== undefined) ? found : undefined;
}

/** Starts a server, which takes about a second. */
export async function startPostgres(programs: string): Promise<TestPostgres> {
  const folder = mkdtempSync(join(tmpdir(), 'rxfan-pg-'));
  const data = join(folder, 'data');
  const as = process.getuid?.() === 0 ? servant() : undefined; // PostgreSQL refuses to run as root
  if (as) chownSync(folder, as.uid, as.gid);
  const options = { ...as, cwd: folder };

  const init = ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'];
  execFileSync(join(programs, 'initdb'), init, { ...options, stdio: 'ignore' });
  const settings = ['fsync=off', 'listen_addresses=', 'max_connections=20'].flatMap((setting) => ['-c', setting]);
  const server = spawn(join(programs, 'postgres'), ['-D', data, '-k', folder, ...settings], {
    ...options,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const stop = async () => {
    if (server.exitCode === null) {
      server.kill('SIGQUIT');
      await once(server, 'exit');
    }
    rmSync(folder, { recursive: true, force: true });
  };

  let log = '';
  for await (const chunk of server.stderr.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
    log += String(chunk);
    if (!log.includes('ready to accept connections')) continue;
    server.stderr.resume();
    return { connectionString: `postgresql://postgres@localhost/postgres?host=${encodeURIComponent(folder)}`, stop };
  }
  await stop();
  throw new Error(`PostgreSQL did not start:\n${log}`);
}

/** A user that is not root. */
function servant(): { readonly uid: number; readonly gid: number } | undefined {
  for (const name of ['postgres', 'nobody']) {
    const [uid, gid] = ['-u', '-g'].map((flag) => spawnSync('id', [flag, name], { encoding: 'utf8' }).stdout.trim());
    if (uid && gid) return { uid: Number(uid), gid: Number(gid) };
  }
  return undefined;
}
