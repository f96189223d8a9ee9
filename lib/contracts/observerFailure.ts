import type { Fault } from './failure.ts';
import type { Registration } from './registration.ts';

/** A registration that cannot be meant: each fault is a field, as a JSON pointer, and what was expected of it. */
export class InvalidRegistrationError extends Error {
  override readonly name = 'InvalidRegistrationError';
  readonly code = 'invalid_registration';
  readonly faults: readonly Fault[];

  constructor(faults: readonly Fault[]) {
    super(faults.map(({ at, expected, found }) => `${at} must be ${expected}, not ${found}`).join('; '));
    this.faults = faults;
  }
}

/** The id belongs to a registration of somebody else. */
export class RegistrationTakenError extends Error {
  override readonly name = 'RegistrationTakenError';
  readonly code = 'registration_taken';
  readonly id: string;

  constructor(id: string) {
    super(`the id ${id} is taken: choose another one, or leave it out`);
    this.id = id;
  }
}

/** There are as many registrations as may be. */
export class RegistrationLimitError extends Error {
  override readonly name = 'RegistrationLimitError';
  readonly code = 'registration_limit';
  /** Whose limit it is: that of the one who registers, or that of all together. */
  readonly scope: 'owner' | 'all';
  readonly limit: number;

  constructor(scope: 'owner' | 'all', limit: number) {
    super(`${scope === 'owner' ? 'you have' : 'there are'} ${limit} registrations already: remove some first`);
    this.scope = scope;
    this.limit = limit;
  }
}

/** There is no such registration, or it is somebody else's. */
export class UnknownRegistrationError extends Error {
  override readonly name = 'UnknownRegistrationError';
  readonly code = 'unknown_registration';

  constructor(what: string) {
    super(`you have no registration ${what}`);
  }
}

/** The observer does not know yet what is registered, or is closed. */
export class ObserverUnavailableError extends Error {
  override readonly name = 'ObserverUnavailableError';
  readonly code = 'observer_unavailable';
  readonly state: 'loading' | 'closed';

  constructor(state: 'loading' | 'closed') {
    super(state === 'loading' ? 'the registrations are not read yet: try again later' : 'the observer is closed');
    this.state = state;
  }
}

/** A queue manager was asked in vain; nobody is told of its queues in this cycle. The reason is the `cause`. */
export class ManagerError extends Error {
  override readonly name = 'ManagerError';
  readonly code = 'manager_failed';
  readonly manager: string;

  constructor(manager: string, reason: string, options?: ErrorOptions) {
    super(`the queue manager ${manager} gave no depths: ${reason}`, options);
    this.manager = manager;
  }
}

/** What became of a registration whose notification failed. */
export type FailureConsequence = 'counted' | 'quarantined' | 'removed' | 'ignored';

/** Somebody who registered was not told. The reason is the `cause`. */
export class NotificationFailedError extends Error {
  override readonly name = 'NotificationFailedError';
  readonly code = 'notification_failed';
  /** As it was when the notification was sent. */
  readonly registration: Registration;
  /** Attempts made. */
  readonly attempts: number;
  /** `ignored`: it was replaced or removed meanwhile. */
  readonly consequence: FailureConsequence;

  constructor(
    registration: Registration,
    attempts: number,
    consequence: FailureConsequence,
    options: { readonly cause: unknown },
  ) {
    super(`registration ${registration.id} was not told in ${attempts} attempts: ${consequence}`, options);
    this.registration = registration;
    this.attempts = attempts;
    this.consequence = consequence;
  }
}

/** A notification took longer than it may, attempts and waits included. */
export class NotificationTimeoutError extends Error {
  override readonly name = 'NotificationTimeoutError';
  readonly code = 'timed_out';
  readonly timeoutMs: number;

  constructor(timeoutMs: number) {
    super(`not told within ${timeoutMs} ms`);
    this.timeoutMs = timeoutMs;
  }
}

/** The store of registrations failed, or did not answer in time. It is tried again. The reason is the `cause`. */
export class RegistryStoreError extends Error {
  override readonly name = 'RegistryStoreError';
  readonly code = 'registry_store_failed';
  readonly action: 'load' | 'save';
  readonly store: string;

  constructor(action: 'load' | 'save', store: string, reason: string, options?: ErrorOptions) {
    super(`${store} failed to ${action} the registrations: ${reason}`, options);
    this.action = action;
    this.store = store;
  }
}

/** A newer state of the store was not whole, and an older one was taken. What was wrong is the `cause`. */
export class RegistryDamageError extends Error {
  override readonly name = 'RegistryDamageError';
  readonly code = 'registry_damaged';
  readonly store: string;

  constructor(store: string, options: { readonly cause: unknown }) {
    super(`${store} had a state that is not whole; the one before it was taken`, options);
    this.store = store;
  }
}

/** A change that was not saved yet is undone: another observer on the same store gave its id to somebody else. */
export class RegistrationLostError extends Error {
  override readonly name = 'RegistrationLostError';
  readonly code = 'registration_lost';
  readonly registration: Registration;

  constructor(registration: Registration) {
    super(
      `registration ${registration.id} of ${registration.owner} is lost: its id was given to somebody else meanwhile`,
    );
    this.registration = registration;
  }
}

/** What an observer tells on `errors$`. */
export type ObserverFailure =
  ManagerError | NotificationFailedError | RegistryStoreError | RegistryDamageError | RegistrationLostError;
