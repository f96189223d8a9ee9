// A program with 10,000 busy lanes and its console on a free port. Prints its URL; ends with its standard input.
import console from 'node:console';
import path from 'node:path';
import process from 'node:process';
import { setInterval } from 'node:timers';
import { pathToFileURL } from 'node:url';
import { timer } from 'rxjs';

const TOPICS = 100;
const LANES = 100;

const load = (file) => import(pathToFileURL(path.join(process.argv[2], file)));
const { startInspection, Topic } = await load('lib/index.js');
const { serve } = await load('lib/adapters/http/index.js');
const { ephemeralSealer } = await load('lib/adapters/node/index.js');
const { consoleApp } = await load('lib/systems/console/consoleApp.js');
const { openapi } = await load('lib/systems/console/openapi.js');
const { catalogueApp, loadAssets } = await load('lib/systems/catalogue/index.js');
const { appsByPath } = await load('lib/systems/cli/appsByPath.js');

startInspection({ maxNodes: 20_000 });
const topics = Array.from({ length: TOPICS }, (_, t) => {
  const topic = new Topic({ name: `topic ${t}` });
  for (let n = 0; n < LANES; n++) {
    // One of fifty is slower than what comes: it is full, and loses values.
    topic.deliver({
      id: `lane ${n}`,
      bufferSize: 20,
      overflow: 'dropOldest',
      handle: () => timer(n % 50 === 7 ? 5_000 : 20),
    });
  }
  return topic;
});
let turn = 0;
setInterval(() => {
  for (let i = 0; i < TOPICS / 10; i++) topics[turn++ % TOPICS].next({ turn });
}, 100);

const assets = await loadAssets();
const sealer = ephemeralSealer({ warn: () => undefined });
const app = consoleApp({ parts: ['catalogue', 'inspection'], admin: 'everybody', deadLetters: [], sealer });
const page = catalogueApp({ catalogue: { sourceNames: [] }, assets, openapi });
const serving = await serve(appsByPath({ '/v1/console': app }, page), { port: 0 });
console.log(serving.url);
process.stdin.resume().on('close', () => process.exit(0));
