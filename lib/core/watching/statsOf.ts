import type { Engine } from './engine.ts';
import type { ObserverStats, StoreHealth } from './observerStats.ts';
import type { StoreCalls } from './storeCalls.ts';

/** What can be read of an observer now. */
export function statsOf(engine: Engine): ObserverStats {
  const { outlets, registry, managers, teller, health } = engine;
  const { index, tombstones } = registry.state;
  const quarantined = Array.from(index.values()).filter(
    ({ registration }) => registration.quarantinedUntil !== undefined,
  );
  return {
    state: outlets.state,
    registrations: index.size,
    quarantined: quarantined.length,
    tombstones: tombstones.size,
    inFlight: teller.inFlight,
    totals: { cycles: outlets.cycles, ...teller.totals, ...health.totals },
    managers: managers.health(),
    ...(outlets.lastCycle ? { lastCycle: outlets.lastCycle } : {}),
    ...(engine.calls ? { store: storeHealthOf(engine, engine.calls) } : {}),
  };
}

function storeHealthOf({ registry: { state } }: Engine, calls: StoreCalls): StoreHealth {
  const { name, saves, failures, lastSaveTime, lastError } = calls;
  const { isDirty: dirty, version, savedVersion } = state;
  return { name, dirty, version, savedVersion, saves, failures, lastSaveTime, lastError };
}
