import { randomUUID } from 'node:crypto';
import { afterAll } from 'vitest';
import { filter, firstValueFrom } from 'rxjs';
import { memoryRegistryStore } from '../../../../lib/adapters/memory/memoryRegistryStore.ts';
import { serve, type Serving, type WebApp } from '../../../../lib/adapters/http/serve.ts';
import type { ServeLimits } from '../../../../lib/adapters/http/createLimitedServer.ts';
import type { RegistryStore } from '../../../../lib/contracts/registryStore.ts';
import { createObserver } from '../../../../lib/core/watching/createObserver.ts';
import type { Observer } from '../../../../lib/core/watching/observer.ts';
import type { ObserverAccess } from '../../../../lib/systems/observer/createGate.ts';
import { observerApp } from '../../../../lib/systems/observer/observerApp.ts';
import { fakeSealer } from '../../../../lib/testing/fakeSealer.ts';

/** The HTTP side of an observer that watches nothing, and what it was not asked for. */
export interface TestApp {
  readonly app: WebApp;
  readonly observer: Observer;
  readonly failures: readonly unknown[];
  serve(limits?: ServeLimits): Promise<Serving>;
}

export interface TestAppOptions {
  readonly access?: Partial<ObserverAccess>;
  readonly store?: RegistryStore;
}

/** Runs it for the rest of the spec file. */
export async function startApp({ access, store = memoryRegistryStore() }: TestAppOptions = {}): Promise<TestApp> {
  const failures: unknown[] = [];
  const observer = createObserver({ sources: [], notifiers: [], store, newId: randomUUID, random: () => 0.5 });
  const running = observer.run().subscribe();
  await firstValueFrom(observer.state$.pipe(filter((state) => state === 'ready')));
  const app = observerApp({
    observer,
    access: { owners: 'everybody', ...access },
    rules: { managers: undefined, checkTarget: () => undefined },
    sealer: fakeSealer(),
    onError: (failure) => failures.push(failure),
  });
  const servers: Serving[] = [];
  afterAll(async () => {
    running.unsubscribe();
    await Promise.all(servers.map((server) => server.stop({ deadlineMs: 0 })));
  });
  return {
    app,
    observer,
    failures,
    serve: async (limits) => {
      const server = await serve(app, { port: 0, limits, onError: (failure) => failures.push(failure) });
      servers.push(server);
      return server;
    },
  };
}
