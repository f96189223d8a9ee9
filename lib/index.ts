export type {
  Bus,
  BusFailure,
  BusOptions,
  BusStats,
  CommandHandler,
  EventHandler,
  HandlerHandle,
  MessageContext,
  MessageLink,
  WatchEvent,
} from './core/events/bus.ts';
export type { CloudEvent } from './core/events/cloudEvent.ts';
export { createAppliedIds, type AppliedIds, type AppliedIdsOptions } from './core/events/createAppliedIds.ts';
export { createBus } from './core/events/createBus.ts';
export { createOperations } from './core/events/createOperations.ts';
export { defineCommand, type CommandOptions } from './core/events/defineCommand.ts';
export { defineEvent, type EventOptions } from './core/events/defineEvent.ts';
export { defineMessages, type Messages } from './core/events/defineMessages.ts';
export { fromCloudEvent } from './core/events/fromCloudEvent.ts';
export type {
  OperationChange,
  Operations,
  OperationsOptions,
  OperationsStats,
  SubmitOptions,
  WaitOptions,
} from './core/events/operations.ts';
export { toCloudEvent } from './core/events/toCloudEvent.ts';
export type { View } from './core/events/view.ts';
export { explain } from './core/inspection/explain.ts';
export { snapshot } from './core/inspection/snapshot.ts';
export { startInspection, type Inspection, type InspectionOptions } from './core/inspection/startInspection.ts';
export { aggregatePages } from './core/paging/aggregatePages.ts';
export type {
  Aggregate,
  AggregateOptions,
  AggregatePage,
  Drift,
  Unreachable,
  WalkQuery,
} from './core/paging/aggregate.ts';
export { PageSizeError } from './core/paging/pageSize.ts';
export { pageTokens, type PageTokens, type PageTokensOptions } from './core/paging/pageTokens.ts';
export {
  createRateLimits,
  type FullRateLimit,
  type RateLimit,
  type RateLimits,
  type RateLimitsOptions,
} from './core/receivers/createRateLimits.ts';
export { createReceiver, type ReceiverOptions } from './core/receivers/createReceiver.ts';
export {
  createReceivers,
  type ReceiverRequest,
  type Receivers,
  type ReceiversOptions,
} from './core/receivers/createReceivers.ts';
export type { EventCounts, Receiver, ReceiverLedger, ReceiverStats, RouteHandle } from './core/receivers/receiver.ts';
export type { Lease } from './core/receivers/sharedReceiver.ts';
export { batchFilter, type BatchOptions } from './core/routing/batchFilter.ts';
export { chainFilters } from './core/routing/chainFilters.ts';
export type { Condition, Scalar } from './core/routing/condition.ts';
export { dedupFilter, type DedupOptions } from './core/routing/dedupFilter.ts';
export type { Filter, Next } from './core/routing/filter.ts';
export { logSender, type LogSenderOptions } from './core/routing/logSender.ts';
export { matchFilter, type MatchOptions } from './core/routing/matchFilter.ts';
export { SplitError, TransformError } from './core/routing/routingFailure.ts';
export { splitFilter, type SplitOptions } from './core/routing/splitFilter.ts';
export { transformFilter } from './core/routing/transformFilter.ts';
export type { TransformStep } from './core/routing/transformStep.ts';
export { aimd, type AimdOptions } from './core/topics/aimd.ts';
export { createBudget, type BudgetOptions } from './core/topics/budget.ts';
export { createTopics, type TopicDefinition, type Topics } from './core/topics/createTopics.ts';
export type { CloseOptions, Ledger } from './core/topics/drained.ts';
export { Topic } from './core/topics/topic.ts';
export type { TopicOptions } from './core/topics/topicOptions.ts';
export { createWorkEngine } from './core/work/createWorkEngine.ts';
export type {
  Attachment,
  JobCounts,
  Recovery,
  StopOptions,
  WorkEngine,
  WorkEngineOptions,
  WorkLedger,
} from './core/work/workEngine.ts';
export { NotJsonError } from './boundary/canonicalJson.ts';
export { decode } from './boundary/decode.ts';
export { decodeWith, type DecodeOptions } from './boundary/decodeWith.ts';
export { fromAbortable, type AbortableOptions } from './boundary/fromAbortable.ts';
export { fromAsyncIterable } from './boundary/fromAsyncIterable.ts';
export { fromKeyset } from './boundary/fromKeyset.ts';
export { fromLinkHeader } from './boundary/fromLinkHeader.ts';
export { fromOffset } from './boundary/fromOffset.ts';
export { fromSnapshot } from './boundary/fromSnapshot.ts';
export { fromToken } from './boundary/fromToken.ts';
export { TooLargeError } from './boundary/tooLargeError.ts';
export type { Codec, WireCodec } from './contracts/codec.ts';
export type {
  AdaptiveConcurrency,
  Budget,
  BudgetShare,
  ConcurrencyControl,
  CongestionAlert,
  Delivery,
  DeliveryContext,
  DeliveryContract,
  DeliveryStats,
  Outcome,
  Overflow,
  Receipt,
  RetryPolicy,
  Settlement,
  Verdict,
  Watermarks,
} from './contracts/delivery.ts';
export { ClosedError, DeliveryError, UnknownTopicError } from './contracts/deliveryFailure.ts';
export type { Envelope } from './contracts/envelope.ts';
export { DecodeError, FormatError, RefusedError, UnreachableError, type Fault } from './contracts/failure.ts';
export type { Handled } from './contracts/handled.ts';
export type {
  Job,
  JobContext,
  JobEnd,
  JobMessage,
  JobOperation,
  JobOperationState,
  JobStateMessage,
  JobSubscriber,
  JobUserMessage,
} from './contracts/job.ts';
export {
  DuplicateTokenError,
  JobError,
  JobTimeoutError,
  MessageLimitError,
  QueueFullError,
  StoppedError,
  StoreError,
  UnknownJobError,
  UnrecoverableJobError,
  UnsettledError,
  type WorkFailure,
} from './contracts/jobFailure.ts';
export type { JobRecord, JobState, JobStore } from './contracts/jobStore.ts';
export { BrokenRecordsError, type BrokenRecord } from './contracts/jobStoreFailure.ts';
export type {
  AnyDefinition,
  CommandDefinition,
  DataOf,
  EventDefinition,
  MessageDefinition,
  Upcast,
} from './contracts/message.ts';
export {
  BusStartedError,
  DuplicateDefinitionError,
  HandlerError,
  HandlerTakenError,
  InboxError,
  RejectedMessageError,
  UnknownMessageError,
} from './contracts/messageFailure.ts';
export type { Operation, OperationEnd, OperationState } from './contracts/operation.ts';
export {
  IdempotencyConflictError,
  OperationsFullError,
  TimeoutError,
  UnknownOperationError,
} from './contracts/operationFailure.ts';
export { comparePageKeys, type PageKey } from './contracts/pageKey.ts';
export type { Page, PageRequest, PageSource } from './contracts/pageSource.ts';
export {
  InvalidPageTokenError,
  PageTokenExpiredError,
  PageTokenMismatchError,
  PageTokenStaleError,
  PageTokenTooLargeError,
  type PageTokenFailure,
} from './contracts/pageTokenFailure.ts';
export type {
  Acknowledged,
  Acknowledgement,
  Incoming,
  NackReason,
  Route,
  RouteAlert,
  RouteContext,
} from './contracts/receiver.ts';
export {
  AckTimeoutError,
  NackedError,
  RateLimitError,
  ReceiveError,
  ReceiverOpenError,
  RouteError,
  type ReceiverFailure,
  type RouteFailure,
} from './contracts/receiverFailure.ts';
export type { EventId, ReceiverIdentity } from './contracts/receiverIdentity.ts';
export type { RoutedEvent } from './contracts/routedEvent.ts';
export type { Sender } from './contracts/sender.ts';
export { SendError, type SendFailureClass, type SendFailureFacts } from './contracts/sendFailure.ts';
export {
  DeadlineError,
  SourceError,
  SourceLoopError,
  SourceOversizedError,
  SourceStalledError,
  type SourceFailure,
} from './contracts/sourceFailure.ts';
export type { TokenSealer } from './contracts/tokenSealer.ts';
