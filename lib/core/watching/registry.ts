import { asyncScheduler } from 'rxjs';
import {
  RegistrationLimitError,
  RegistrationTakenError,
  UnknownRegistrationError,
} from '../../contracts/observerFailure.ts';
import type { Registration } from '../../contracts/registration.ts';
import { admitted } from './admission.ts';
import { isAlike } from './copies.ts';
import type { Registered, RegistrationKey, RegistrationRequest, RegistryLimits } from './observer.ts';
import { RegistryState } from './registryState.ts';
import type { Entry } from './registryIndex.ts';

/** What registrants and administrators may do to what is registered. Each call is done when it returns, or changes nothing. */
export class Registry {
  readonly state: RegistryState;
  private readonly limits: RegistryLimits;
  private readonly newId: () => string;

  constructor(limits: RegistryLimits, newId: () => string, changed: (ids: readonly string[]) => void) {
    this.limits = limits;
    this.newId = newId;
    this.state = new RegistryState(limits, changed);
  }

  /** Throws InvalidRegistrationError, RegistrationTakenError, RegistrationLimitError. */
  register(request: RegistrationRequest, owner: string): Omit<Registered, 'durability'> {
    const wanted = admitted(request, owner, this.limits);
    const known = this.known(wanted, owner);
    if (known && isAlike(known.registration, { ...wanted, owner }) && isWell(known.registration)) {
      return { kind: 'unchanged', registration: known.registration };
    }
    if (!known) this.checkRoom(owner);
    const id = known?.registration.id ?? wanted.id ?? this.freeId();
    const registration: Registration = {
      ...{ id, owner, manager: wanted.manager, queue: wanted.queue, notify: wanted.notify },
      ...(wanted.minDepth === undefined ? {} : { minDepth: wanted.minDepth }),
      ...(wanted.minGapMs === undefined ? {} : { minGapMs: wanted.minGapMs }),
      failures: 0,
      version: this.state.versionOf(id) + 1,
      healthVersion: 0,
      updateTime: asyncScheduler.now(),
    };
    this.state.register(registration);
    return { kind: known ? 'replaced' : 'created', registration };
  }

  /** Throws UnknownRegistrationError. */
  unregister(key: RegistrationKey, owner: string): readonly Registration[] {
    const entries = 'id' in key ? [this.state.index.get(key.id)] : this.state.index.alike(owner, key);
    const own = entries.flatMap((entry) => (entry?.registration.owner === owner ? entry.registration : []));
    if (own.length === 0) throw new UnknownRegistrationError('id' in key ? key.id : 'of this queue and target');
    this.state.remove(own, 'owner');
    return own;
  }

  /** How many were removed. */
  flush(): number {
    const all = this.list();
    this.state.remove(all, 'flush');
    return all.length;
  }

  get(id: string, owner?: string): Registration | undefined {
    const registration = this.state.index.get(id)?.registration;
    return owner === undefined || registration?.owner === owner ? registration : undefined;
  }

  list(owner?: string): readonly Registration[] {
    const { index } = this.state;
    return (owner === undefined ? index.ids() : index.idsOf(owner)).map((id) => index.get(id)!.registration);
  }

  private known(wanted: RegistrationRequest, owner: string): Entry | undefined {
    if (wanted.id === undefined) return this.state.index.alike(owner, wanted)[0];
    const known = this.state.index.get(wanted.id);
    if (known && known.registration.owner !== owner) throw new RegistrationTakenError(wanted.id);
    return known;
  }

  private checkRoom(owner: string): void {
    const { maxPerOwner, maxRegistrations } = this.limits;
    if (this.state.index.countOf(owner) >= maxPerOwner) throw new RegistrationLimitError('owner', maxPerOwner);
    if (this.state.index.size >= maxRegistrations) throw new RegistrationLimitError('all', maxRegistrations);
  }

  private freeId(): string {
    const id = this.newId();
    if (this.state.index.get(id)) throw new RegistrationTakenError(id);
    return id;
  }
}

function isWell({ failures, quarantinedUntil }: Registration): boolean {
  return failures === 0 && quarantinedUntil === undefined;
}
