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
