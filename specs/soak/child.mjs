// One check: prints its figures as JSON. Started by run.mjs.
import process from 'node:process';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { figure } from './support/figure.mjs';

const { suite, check: name, quick, dist } = JSON.parse(process.argv[2]);
const { checks } = await import(`./suites/${suite}.mjs`);
const check = checks.find((one) => one.name === name);
/** The names of a door: `rxfan()`, `rxfan('operators')`. */
const rxfan = (door = 'lib') => import(pathToFileURL(path.join(dist, door, 'index.js')));

const noise = [];
for (const event of ['uncaughtException', 'unhandledRejection', 'warning'])
  process.on(event, (cause) => noise.push(`${event}: ${cause?.stack ?? cause}`));

const figures = await check.run({ rxfan, dist, share: quick ? (check.quickly ?? 0.1) : 1 });
await setImmediate(); // what nobody took care of is told by now
if (noise.length > 0) process.stderr.write(`${noise.slice(0, 3).join('\n')}\n`);
figures.push(figure('process events', noise.length, { exactly: 0 }));
process.stdout.write(JSON.stringify(figures), () => process.exit(0));
