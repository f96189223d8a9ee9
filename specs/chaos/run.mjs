// Messages through a RabbitMQ of our own that is killed, frozen, blocked and cut off meanwhile. See docs/performance.md.
//
//   npm run chaos                100,000 messages; fails when a figure is not what it must be
//   npm run chaos -- --quick     a twentieth of it, within 30 s
//   npm run chaos -- observer    the observer by the clock of the wall, about seven minutes
import console from 'node:console';
import process from 'node:process';
import { fileURLToPath, pathToFileURL, URL } from 'node:url';
import { parseArgs } from 'node:util';
import { inShort } from '../bench/support/stats.mjs';
import { figure } from '../soak/support/figure.mjs';
import { rabbitmqPrograms, startBroker } from '../support/rabbitmqBroker.mjs';
import { flood } from './flood.mjs';
import { messagesThroughFaults } from './messages.mjs';
import { observerRun } from './observer.mjs';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean', default: false } },
});
const CHECKS = {
  messages: { 'messages through faults': messagesThroughFaults, 'a flood against a frozen broker': flood },
  observer: { 'the observer and its targets': observerRun },
};
const [topic = 'messages'] = positionals;
const checks = CHECKS[topic];
if (checks === undefined) throw new Error(`there is no ${topic}: name ${Object.keys(CHECKS).join(' or ')}`);

if (rabbitmqPrograms() === undefined) {
  console.log('chaos: skipped, there is no rabbitmq-server here to start');
  process.exit(process.env.REQUIRE_RABBITMQ === '1' ? 1 : 0);
}

const noise = [];
for (const event of ['uncaughtException', 'unhandledRejection', 'warning'])
  process.on(event, (cause) => noise.push(`${event}: ${cause?.stack ?? cause}`));

const door = new URL('../../dist/lib/adapters/rabbitmq/index.js', import.meta.url);
const { rabbitmqTransport } = await import(pathToFileURL(fileURLToPath(door)));
const started = Date.now();
const broker = await startBroker();
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void broker.stop().then(() => process.exit(1)));

let failed = 0;
try {
  for (const [name, check] of Object.entries(checks)) {
    const figures = await check({ broker, rabbitmqTransport, quick: options.quick });
    figures.push(figure('process events', noise.length, { exactly: 0 }));
    const isMet = figures.every(({ met }) => met);
    if (!isMet) failed++;
    console.log(`${isMet ? 'ok    ' : 'FAILED'} ${name}: ${figures.map(inWords).join(', ')}`);
  }
} finally {
  await broker.stop();
}
for (const one of noise.slice(0, 3)) console.log(one);
console.log(
  `${Object.keys(checks).length - failed} passed, ${failed} failed, ${Math.round((Date.now() - started) / 1000)} s`,
);
process.exit(failed > 0 ? 1 : 0);

function inWords({ figure: name, value, bound, met }) {
  return `${name} ${inShort(value)}${met ? '' : ` (MISSED: ${bound})`}`;
}
