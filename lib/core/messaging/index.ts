export type { Done, Inbox } from '../../contracts/inbox.ts';
export type { Outbox, RelayTurn, RelayVerdict } from '../../contracts/outbox.ts';
export type {
  ConsumerEvent,
  IncomingMessage,
  OutgoingMessage,
  QueueContract,
  Transport,
  TransportState,
} from '../../contracts/transport.ts';
export {
  DeadLetterError,
  InvalidMessageError,
  OutboxFullError,
  PublishError,
  QueueConfigError,
  UnroutableError,
  type PublishFailure,
} from '../../contracts/transportFailure.ts';
export { createInbox, type InboxOptions } from './createInbox.ts';
export { relayOutbox, type RelayEvent, type RelayOptions } from './relayOutbox.ts';
