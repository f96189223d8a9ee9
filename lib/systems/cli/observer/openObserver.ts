import { randomUUID } from 'node:crypto';
import { filter, firstValueFrom, lastValueFrom } from 'rxjs';
import { isJobReference } from '../../../adapters/codeengine/jobPlace.ts';
import { createTargetGuard } from '../../../adapters/guard/createTargetGuard.ts';
import type { OwnAddress } from '../../../adapters/guard/ownAddress.ts';
import { isLoopback } from '../../../adapters/http/hostNames.ts';
import { RequestError } from '../../../adapters/http/problem.ts';
import type { Serving, WebApp } from '../../../adapters/http/serve.ts';
import { inWords } from '../../../contracts/inWords.ts';
import type { TokenSealer } from '../../../contracts/tokenSealer.ts';
import { createObserver } from '../../../core/watching/createObserver.ts';
import type { Observer } from '../../../core/watching/observer.ts';
import { ConfigError } from '../../config/configError.ts';
import type { ObserverSettings } from '../../config/observer/observerSettings.ts';
import { EVERYBODY, type ObserverAccess } from '../../observer/createGate.ts';
import { observerApp } from '../../observer/observerApp.ts';
import type { RegistrationRules } from '../../observer/readRegistration.ts';
import type { Log } from '../log.ts';
import { logCycle, logFailure, logSettings } from './logObserver.ts';
import { openDepthSources } from './openDepthSources.ts';
import { openNotifiers } from './openNotifiers.ts';
import { openRegistryStore } from './openRegistryStore.ts';

/** What a command opens an observer with. */
export interface OpenObserverOptions {
  readonly settings: ObserverSettings;
  /** Where the server listens. */
  readonly host: string;
  readonly sealer: TokenSealer;
  readonly log: Log;
}

/** An observer, to be served. */
export interface OpenObserver {
  readonly app: (ready: () => boolean, onError: (failure: unknown) => void) => WebApp;
  /** Resolves when what is kept is read. */
  readonly begin: (serving: Pick<Serving, 'port'>) => Promise<void>;
  /** Ends notifications, and saves once more. */
  readonly end: (deadlineMs: number) => Promise<void>;
}

/** The observer that the settings describe. Rejects with a ConfigError. */
export async function openObserver({ settings, host, sealer, log }: OpenObserverOptions): Promise<OpenObserver> {
  const { mode, managers, notify, times, limits, acknowledge, access, storage } = settings;
  const { allowedNetworks, allowedHosts, allowedPorts } = notify;
  let own: OwnAddress | undefined;
  const guard = createTargetGuard({ allowedNetworks, allowedHosts, allowedPorts, own: () => own });
  const tells = mode !== 'reservations' && managers.length > 0;

  const observer = createObserver({
    sources: tells ? await openDepthSources(settings) : [],
    notifiers: tells ? await openNotifiers(settings, guard) : [],
    store: await openRegistryStore(storage),
    newId: randomUUID,
    random: Math.random,
    mode: mode === 'reservations' ? 'registrations' : mode,
    limits: { maxRegistrations: limits.registrations, maxPerOwner: limits.registrationsPerOwner },
    notifyIntervalMs: times.notifyMs,
    persistIntervalMs: times.persistMs,
    backoffMs: times.backoffMs,
    failureLimit: notify.failureLimit,
    onBad: notify.dropsBad ? 'drop' : 'quarantine',
    acknowledge: acknowledge === 'kept' ? 'pending' : 'saved',
    concurrency: notify.concurrency,
    bulkheadConcurrency: notify.perHost,
    notifyTimeoutMs: notify.timeoutMs,
    onError: (failure) => logFailure(failure, log),
  });
  const isOpen = access.open || isLoopback(host);
  logSettings(settings, isOpen, log);

  return {
    app: (ready, onError) =>
      observerApp({
        observer,
        serves: mode === 'notifications' ? 'healthAndMetrics' : 'all',
        access: accessOf(settings, isOpen),
        rules: {
          managers: managers.length === 0 ? undefined : new Set(managers.map(({ manager }) => manager)),
          checkTarget: targetCheck(settings, (target) => guard.checkTarget(target)),
        },
        sealer,
        ready,
        onError,
      }),
    begin: async ({ port }) => {
      own = { ports: [port], openPaths: ['/notify'] };
      const broken = (failure: unknown) => log.error('the observer failed', { failure });
      observer.reports$.subscribe({ next: (report) => logCycle(report, log), error: broken });
      observer.run().subscribe({ error: broken });
      await firstValueFrom(observer.state$.pipe(filter((state) => state === 'ready')));
      await registerSeed(observer, settings);
    },
    end: async (deadlineMs) => {
      const { saved, cutOff } = await lastValueFrom(observer.close({ deadlineMs }));
      const facts = { saved: storage.kind === 'memory' ? 'nothing is kept' : saved, cutOff };
      if (saved) log.info('the observer has stopped', facts);
      else log.warn('the observer has stopped, and what was registered last is not saved', facts);
    },
  };
}

function accessOf({ access: { adminToken, metricsToken, keys } }: ObserverSettings, isOpen: boolean): ObserverAccess {
  return { owners: keys ?? (isOpen ? 'everybody' : 'nobody'), adminToken, metricsToken };
}

function targetCheck(
  { mode, codeEngine }: ObserverSettings,
  checkUrl: (target: string) => unknown,
): RegistrationRules['checkTarget'] {
  return (target) => {
    if (!isJobReference(target)) {
      checkUrl(target);
      return;
    }
    if (codeEngine !== undefined || mode === 'reservations') return; // or another process has them
    throw new RequestError(
      400,
      'no_code_engine',
      'NOTIFY is no URL, and jobs cannot be started: CODE_ENGINE is not set',
    );
  };
}

/** The seed goes before what is kept. */
async function registerSeed(observer: Observer, { seed, access }: ObserverSettings): Promise<void> {
  const owner = access.keys === undefined ? EVERYBODY : SEED_OWNER;
  const problems: string[] = [];
  for (const [at, request] of seed.entries()) {
    await firstValueFrom(observer.register(request, owner)).catch((failure: unknown) => {
      problems.push(`seeddata: /${at}: ${inWords(failure)}`);
    });
  }
  if (problems.length > 0) throw new ConfigError(problems);
}

/** Nobody has a key of this owner, unless it is configured. */
const SEED_OWNER = 'seed';
