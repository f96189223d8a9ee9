import { connect } from 'amqplib';
import { Buffer } from 'node:buffer';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath, URL, URLSearchParams } from 'node:url';
import { figure } from '../soak/support/figure.mjs';

const PROGRAM = fileURLToPath(new URL('../../dist/lib/systems/cli/main.js', import.meta.url));
const QUEUES = ['orders', 'bills', 'mails'];
const FAILURE_LIMIT = 10;
const BACKOFF_MS = 60_000; // one minute: the shortest there is
const CYCLE_MS = 30_000; // of TEST
const LONGEST_MS = FAILURE_LIMIT * CYCLE_MS + BACKOFF_MS + 3 * CYCLE_MS;

/** How the targets answer. Whoever is told nothing good within five seconds has failed. */
const ANSWERS = {
  healthy: (answer) => answer.writeHead(204).end(),
  hanging: () => undefined,
  broken: (answer) => answer.writeHead(500).end(),
  redirecting: (answer) => answer.writeHead(302, { location: '/healthy/0' }).end(),
  slow: (answer) => sleep(7_000).then(() => answer.writeHead(204).end()),
};
const FAILING = Object.keys(ANSWERS).filter((kind) => kind !== 'healthy');

/**
 * N4, N6, N7, N14: `rxfan observer` as a process, three queues of a real broker, one target of each kind for each queue, and
 * the clock of the wall: TEST cycles until the failing ones are in quarantine, and out of it again.
 */
export async function observerRun({ broker }) {
  await fillQueues(broker.url);
  const targets = await openTargets();
  const folder = await mkdtemp(path.join(tmpdir(), 'rxfan-observer-'));
  const observer = await startObserver(folder, broker.url);
  try {
    for (const kind of Object.keys(ANSWERS))
      for (const [i, queue] of QUEUES.entries())
        await register(observer.url, {
          ID: `${kind}-${i}`,
          QMGR: 'RABBIT',
          QUEUE: queue,
          NOTIFY: targets.urlOf(kind, i),
        });
    const seen = await watchQuarantines(observer.url);
    const code = await observer.stop();
    return figuresOf(seen, targets.told, code);
  } finally {
    observer.kill();
    targets.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function fillQueues(url) {
  const connection = await connect(url);
  const channel = await connection.createConfirmChannel();
  for (const queue of QUEUES) {
    await channel.assertQueue(queue, { durable: true });
    channel.sendToQueue(queue, Buffer.from('work'));
  }
  await channel.waitForConfirms();
  await connection.close();
}

/** Targets on one port, and when each was told. */
async function openTargets() {
  const told = new Map();
  const server = createServer((request, answer) => {
    const [, kind] = request.url.split('/');
    told.set(request.url, [...(told.get(request.url) ?? []), Date.now()]);
    request.resume().on('end', () => void ANSWERS[kind](answer));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  return {
    told,
    urlOf: (kind, i) => `http://127.0.0.1:${port}/${kind}/${i}`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function startObserver(folder, brokerUrl) {
  const settings = {
    ...{ TEST: '1', HTTP_NOTIFY: 'true', NO_COS: 'true', OBSERVER_STORE: path.join(folder, 'registrations') },
    ...{ BACKOFF_DURATION: '1', OBSERVER_FAILURE_LIMIT: String(FAILURE_LIMIT) },
    ...{ OBSERVER_ALLOWED_NETWORKS: '127.0.0.0/8', OBSERVER_ALLOWED_PORTS: 'any' },
    ...{ KIND: 'rabbitmq', QMGR: 'RABBIT', AMQP_URL: brokerUrl },
  };
  const { PATH } = process.env;
  const child = spawn(process.execPath, [PROGRAM, 'observer', '--port', '0'], {
    ...{ cwd: folder, env: { PATH, ...settings }, stdio: ['ignore', 'pipe', 'pipe'] },
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += text));
  const ended = once(child, 'close').then(([code]) => code);
  let isEnded = false;
  void ended.then(() => (isEnded = true));
  while (!/http:\S+/.test(said)) {
    if (isEnded) throw new Error(`the observer has ended: ${said}`);
    await sleep(50);
  }
  return {
    url: /http:[^\s,]+/.exec(said)[0],
    stop() {
      child.kill('SIGTERM');
      return ended;
    },
    kill: () => child.kill('SIGKILL'),
  };
}

/** As `curl -d` does. */
async function register(url, fields) {
  const answer = await fetch(new URL('/register', url), { method: 'POST', body: new URLSearchParams(fields) });
  if (answer.status !== 201) throw new Error(`${fields.ID}: ${answer.status} ${await answer.text()}`);
}

/** Looks until all that fail were in quarantine, and were out of it again for more than a cycle. */
async function watchQuarantines(url) {
  const seen = new Map();
  for (const end = Date.now() + LONGEST_MS; Date.now() < end; await sleep(250)) {
    const { items } = await (await fetch(new URL('/register', url))).json();
    for (const { id, state, failcount, backoff } of items) {
      const story = seen.get(id) ?? { failures: 0 };
      seen.set(id, story);
      if (state === 'quarantined') {
        story.began ??= Date.now();
        story.until ??= Date.parse(backoff);
        story.failures = failcount;
      } else if (story.began !== undefined) story.ended ??= Date.now();
    }
    const isOver = ({ ended }) => ended !== undefined && Date.now() > ended + CYCLE_MS * 1.2;
    if ([...seen].every(([id, story]) => id.startsWith('healthy') || isOver(story))) break;
  }
  return seen;
}

function figuresOf(seen, told, code) {
  const healthy = [...told].filter(([url]) => url.startsWith('/healthy/')).map(([, times]) => times);
  const failing = [...seen].filter(([id]) => !id.startsWith('healthy'));
  const stories = failing.map(([, story]) => story);
  const gaps = healthy.flatMap((times) => times.slice(1).map((time, i) => time - times[i]));
  const counts = healthy.map((times) => times.length);
  const again = failing.filter(([id, { ended }]) => {
    const [kind, i] = id.split('-');
    return (told.get(`/${kind}/${i}`) ?? []).some((time) => time >= ended);
  });
  const all = FAILING.length * QUEUES.length;
  return [
    figure('healthy targets told', healthy.length, { exactly: QUEUES.length }),
    figure('cycles', Math.max(...counts), { atLeast: FAILURE_LIMIT + 2 }),
    figure('cycles that a healthy target was not told of', Math.max(...counts) - Math.min(...counts), { exactly: 0 }),
    figure('longest ms between two notifications of a healthy target', Math.max(...gaps), { atMost: CYCLE_MS + 7_000 }),
    figure('failing targets put in quarantine', stories.filter(({ began }) => began).length, { exactly: all }),
    figure('failures before that', Math.max(...stories.map(({ failures }) => failures)), { exactly: FAILURE_LIMIT }),
    figure('restored', stories.filter(({ ended }) => ended).length, { exactly: all }),
    figure('most ms too late', Math.max(...stories.map(({ ended, until }) => ended - until)), { atMost: 1_500 }),
    figure('told again', again.length, { exactly: all }),
    figure('exit code on SIGTERM', code, { exactly: 0 }),
  ];
}
