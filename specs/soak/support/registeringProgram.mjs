// A program with an observer that registers, replaces and unregisters without end, and prints the number of each change when
// it is acknowledged as saved. Started and killed by suites/observer.mjs.
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { changeOf } from './registryChanges.mjs';

const { dist, folder, first, atOnce } = JSON.parse(process.argv[2]);
const open = (file) => import(pathToFileURL(path.join(dist, 'lib', file)));
const { createObserver } = await open('core/watching/createObserver.js');
const { fileRegistryStore } = await open('adapters/file/fileRegistryStore.js');

const store = fileRegistryStore({ folder });
const observer = createObserver({ sources: [], notifiers: [], store, newId: randomUUID, random: Math.random });
observer.errors$.subscribe((failure) => process.stderr.write(`${failure.message}\n`));

function change(n) {
  const { id, request } = changeOf(n);
  const answer$ = request ? observer.register(request, 'me') : observer.unregister({ id }, 'me');
  answer$.subscribe({
    next: ({ durability }) => durability === 'saved' && process.stdout.write(`${n}\n`),
    error: (failure) => failure.code === 'unknown_registration' && process.stdout.write(`${n}\n`),
  });
}

/** Some at a time, so that one save has several. */
function changes(n) {
  for (let i = 0; i < atOnce; i++) change(n + i);
  const wait = observer.register({ ...changeOf(1).request, id: 'last', minDepth: n }, 'me');
  wait.subscribe({ complete: () => changes(n + atOnce) });
}

observer.state$.subscribe((state) => state === 'ready' && changes(first));
observer.run().subscribe();
