// npm run check:init: what `rxfan init` prints, typed as it is, from the package as it would be published.
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const BEGIN_MS = 60_000;
const folder = mkdtempSync(join(tmpdir(), 'rxfan-init-'));
const port = await freePort();
// A cache of its own, save for what was downloaded before: nothing is left of the package in that of the user.
const cache = execFileSync('npm', ['config', 'get', 'cache'], { encoding: 'utf8' }).trim();
mkdirSync(join(folder, 'cache'));
mkdirSync(join(cache, '_cacache'), { recursive: true });
symlinkSync(join(cache, '_cacache'), join(folder, 'cache', '_cacache'));
const env = {
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name))),
  npm_config_cache: join(folder, 'cache'),
  npm_config_prefer_offline: 'true',
  npm_config_audit: 'false',
  npm_config_fund: 'false',
  PORT: String(port),
};

try {
  const [{ filename }] = JSON.parse(run('npm', ['pack', '--json', '--pack-destination', folder], { cwd: '.' }));
  const empty = join(folder, 'empty');
  mkdirSync(empty);
  const told = run('npx', ['--yes', '--package', join(folder, filename), 'rxfan', 'init', 'app'], { cwd: empty });
  process.stdout.write(told);

  const commands = told.split('\n').flatMap((line) => (line.startsWith('  ') ? [line.trim()] : []));
  const serves = commands.indexOf('npx rxfan route');
  if (commands[0] !== 'cd app' || serves < 0) throw new Error(`not the commands that were expected:\n${told}`);
  process.stdout.write(shell(commands.slice(0, serves), empty));

  const app = join(empty, 'app');
  await whileServed(commands[serves], app, () => {
    const others = commands.slice(serves + 1).map((command) => command.replace(':8080', `:${port}`));
    shell(others, app);
  });
  const [line] = readFileSync(join(app, 'orders.jsonl'), 'utf8').split('\n');
  const { payload } = JSON.parse(line);
  if (payload?.kind !== 'order' || payload.number !== 1) throw new Error(`orders.jsonl has ${JSON.stringify(line)}`);
  console.log('check:init: every command that was printed works');
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function run(command, args, { cwd }) {
  return execFileSync(command, args, { cwd, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
}

/** Types these lines into one shell, which stops at the first that fails. */
function shell(lines, cwd) {
  return run('bash', ['-euxc', lines.join('\n')], { cwd });
}

/** Starts a server in a shell, and stops it as a service manager does. */
async function whileServed(command, cwd, use) {
  const server = spawn('bash', ['-c', `exec ${command}`], {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  // Closed when the last of them has let go of the output: npx may be gone before the server has settled its routes.
  const ended = new Promise((resolve) => server.once('close', (code, signal) => resolve(code ?? signal)));
  try {
    await new Promise((resolve, reject) => {
      let out = '';
      server.stdout.on('data', (data) => {
        process.stdout.write(data);
        out += data;
        if (out.includes('rxfan is ready')) resolve();
      });
      ended.then((code) => reject(new Error(`${command} has ended with ${code}`)));
      setTimeout(() => reject(new Error(`${command} is not ready after ${BEGIN_MS} ms`)), BEGIN_MS).unref();
    });
    use();
  } finally {
    if (server.exitCode === null) process.kill(-server.pid, 'SIGTERM'); // the group: npx and what it has started
    await ended;
  }
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port: free } = server.address();
      server.close(() => resolve(free));
    });
  });
}
