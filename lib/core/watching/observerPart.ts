import { ageText, countText } from '../../../operators/internal/figureText.ts';
import type { Part } from '../../../operators/internal/part.ts';
import type { Engine } from './engine.ts';
import type { Entry } from './registryIndex.ts';
import { statsOf } from './statsOf.ts';

/** An observer as an inspection sees it: what it tells, and every registration. Undefined once it is closed. */
export function observerPart(engine: Engine): Part | undefined {
  if (engine.outlets.state === 'closed') return undefined;
  return {
    kind: 'observer',
    name: [...engine.settings.sources.keys()].join(', '),
    of: engine,
    look() {
      const { registrations, quarantined, inFlight: running, totals } = statsOf(engine);
      const { index } = engine.registry.state;
      return {
        figures: { registrations, quarantined, running, concurrency: engine.settings.concurrency },
        counts: { ...totals },
        parts: Array.from(index.values(), registrationPart),
      };
    },
  };
}

function registrationPart(entry: Entry): Part {
  const { id, owner, manager, queue } = entry.registration;
  return {
    kind: 'registration',
    name: `${owner}/${id} (${manager}, ${queue})`,
    of: entry,
    look(now) {
      const { failures, quarantinedUntil } = entry.registration;
      const waits =
        quarantinedUntil === undefined
          ? []
          : [{ how: `is in quarantine for another ${ageText(quarantinedUntil - now)} after ${times(failures)}` }];
      return { figures: { failures }, waits };
    },
  };
}

function times(failures: number): string {
  return failures === 1 ? '1 failure' : `${countText(failures)} failures`;
}
