// A RabbitMQ of our own: free ports, a temporary folder, loopback, its own epmd and cookie. For specs, chaos and benchmarks.
import { execFile, execFileSync, spawn } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);
const LONGEST_START_MS = 60_000;

/** Where the scripts of the server are; undefined when there are none. */
export function rabbitmqPrograms() {
  const onPath = () => {
    try {
      return path.dirname(
        execFileSync('sh', ['-c', 'readlink -f "$(command -v rabbitmq-server)"'], { encoding: 'utf8' }).trim(),
      );
    } catch {
      return undefined;
    }
  };
  // The command of the Debian package insists on a user of its own; the scripts in its library folder do not.
  return ['/usr/lib/rabbitmq/bin', onPath()].find(
    (folder) => folder && ['rabbitmq-server', 'rabbitmqctl'].every((name) => existsSync(path.join(folder, name))),
  );
}

/**
 * Starts a server, which takes about four seconds. `detached`: it outlives this process, and `stopBroker` ends it.
 * Gives { url, port, folder, pid, ctl, kill, freeze, thaw, start, stop }.
 */
export async function startBroker({ config = [] } = {}) {
  const programs = rabbitmqPrograms();
  if (programs === undefined)
    throw new Error('there is no rabbitmq-server to start: install it, or name a broker with AMQP_URL');
  const folder = mkdtempSync(path.join(tmpdir(), 'rxfan-rabbitmq-'));
  const [port, distPort, epmdPort] = await freePorts(3);
  const settings = [
    `listeners.tcp.1 = 127.0.0.1:${port}`,
    'log.file = false',
    'log.console = true',
    'log.console.level = warning',
    'disk_free_limit.absolute = 1MB',
    'vm_memory_high_watermark.absolute = 1GB',
    ...config,
  ];
  writeFileSync(path.join(folder, 'enabled_plugins'), '[].\n');
  writeFileSync(path.join(folder, 'rabbitmq.conf'), `${settings.join('\n')}\n`);
  const env = {
    ...process.env,
    HOME: folder,
    ERL_CRASH_DUMP_SECONDS: '0',
    ERL_EPMD_PORT: String(epmdPort),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    RABBITMQ_CONF_ENV_FILE: path.join(folder, 'none'),
    RABBITMQ_NODENAME: `rxfan${port}@localhost`,
    RABBITMQ_DIST_PORT: String(distPort),
    RABBITMQ_MNESIA_BASE: path.join(folder, 'db'),
    RABBITMQ_LOG_BASE: path.join(folder, 'log'),
    RABBITMQ_LOGS: '-',
    RABBITMQ_CONFIG_FILE: path.join(folder, 'rabbitmq.conf'),
    RABBITMQ_ENABLED_PLUGINS_FILE: path.join(folder, 'enabled_plugins'),
    RABBITMQ_PID_FILE: path.join(folder, 'pid'),
    RABBITMQ_GENERATED_CONFIG_DIR: path.join(folder, 'config'),
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS:
      '+S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none -kernel inet_dist_use_interface {127,0,0,1}',
  };

  let group;
  const launch = async () => {
    const log = openSync(path.join(folder, 'console'), 'a');
    const server = spawn(path.join(programs, 'rabbitmq-server'), [], {
      ...{ cwd: folder, env, detached: true, stdio: ['ignore', log, log] },
    });
    closeSync(log);
    group = server.pid;
    server.unref();
    let exited = false;
    server.on('exit', () => (exited = true));
    for (const end = Date.now() + LONGEST_START_MS; !(await listens(port)); await sleep(25)) {
      if (!exited && Date.now() < end) continue;
      const said = readFileSync(path.join(folder, 'console'), 'utf8').slice(-2_000);
      await stopBroker({ group, epmdPort, folder });
      throw new Error(`RabbitMQ did not start:\n${said}`);
    }
  };
  await launch();

  return {
    url: `amqp://guest:guest@127.0.0.1:${port}`,
    port,
    /** What `stopBroker` needs, as JSON can carry it. */
    get handle() {
      return { group, epmdPort, folder };
    },
    /** Runs rabbitmqctl; gives what it prints. */
    ctl: async (...args) =>
      (await run(path.join(programs, 'rabbitmqctl'), ['-q', ...args], { env, cwd: folder })).stdout,
    /** kill -9 of the whole server. */
    kill: () => signal(group, 'SIGKILL'),
    freeze: () => signal(group, 'SIGSTOP'),
    thaw: () => signal(group, 'SIGCONT'),
    /** Again, after a kill; resolves when it listens. */
    start: launch,
    stop: () => stopBroker({ group, epmdPort, folder }),
  };
}

/** Ends a server and removes its folder. */
export async function stopBroker({ group, epmdPort, folder }) {
  signal(group, 'SIGCONT');
  signal(group, 'SIGTERM');
  for (const end = Date.now() + 8_000; isAlive(group) && Date.now() < end;) await sleep(50);
  signal(group, 'SIGKILL');
  try {
    execFileSync('epmd', ['-port', String(epmdPort), '-kill'], { stdio: 'ignore' });
  } catch {
    // it has gone with the server
  }
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

function signal(group, name) {
  try {
    process.kill(-group, name);
  } catch {
    // there is nobody any more
  }
}

function isAlive(group) {
  try {
    return process.kill(-group, 0);
  } catch {
    return false;
  }
}

async function listens(port) {
  const socket = net.connect(port, '127.0.0.1');
  try {
    return await new Promise((resolve) => {
      socket.once('connect', () => resolve(true));
      socket.once('error', () => resolve(false));
    });
  } finally {
    socket.destroy();
  }
}

/** All at the same time, so that they differ. */
async function freePorts(count) {
  const servers = await Promise.all(
    Array.from({ length: count }, () => {
      const server = net.createServer();
      return new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(0, '127.0.0.1', () => resolve(server));
      });
    }),
  );
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
