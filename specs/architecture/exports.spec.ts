import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { doors, importFile, packagesLoadedBy, statementsOf } from './source.ts';

/** Every name that a door exports: the values, and the types. */
function namesOf(door: string): { readonly values: readonly string[]; readonly types: readonly string[] } {
  const names = statementsOf(doors[door]!)
    .filter((statement) => ts.isExportDeclaration(statement))
    .flatMap(({ exportClause, isTypeOnly }) => {
      if (!exportClause || !ts.isNamedExports(exportClause))
        throw new Error(`${door} exports a whole file: name what it is`);
      return exportClause.elements.map((element) => ({
        name: element.name.text,
        isType: isTypeOnly || element.isTypeOnly,
      }));
    });
  const sorted = (isType: boolean) =>
    names
      .filter((entry) => entry.isType === isType)
      .map(({ name }) => name)
      .sort();
  return { values: sorted(false), types: sorted(true) };
}

describe('exports', () => {
  it('has these doors', () => {
    expect(doors).toMatchInlineSnapshot(`
      {
        ".": "lib/index.ts",
        "./catalogue": "lib/systems/catalogue/index.ts",
        "./cloudevents": "lib/adapters/cloudevents/index.ts",
        "./codeengine": "lib/adapters/codeengine/index.ts",
        "./eventing": "lib/systems/eventing/index.ts",
        "./file": "lib/adapters/file/index.ts",
        "./http": "lib/adapters/http/index.ts",
        "./ibmmq": "lib/adapters/ibmmq/index.ts",
        "./inspection": "lib/core/inspection/index.ts",
        "./jobs": "lib/systems/jobs/index.ts",
        "./memory": "lib/adapters/memory/index.ts",
        "./messaging": "lib/core/messaging/index.ts",
        "./node": "lib/adapters/node/index.ts",
        "./operators": "operators/index.ts",
        "./otel": "lib/adapters/otel/index.ts",
        "./packages": "lib/adapters/packages/index.ts",
        "./postgres": "lib/adapters/postgres/index.ts",
        "./rabbitmq": "lib/adapters/rabbitmq/index.ts",
        "./routing": "lib/systems/routing/index.ts",
        "./s3": "lib/adapters/s3/index.ts",
        "./testing": "lib/testing/index.ts",
        "./testing/vitest": "lib/testing/vitest/index.ts",
      }
    `);
  });

  it('rxfan', () => {
    expect(namesOf('.')).toMatchInlineSnapshot(`
      {
        "types": [
          "AbortableOptions",
          "Acknowledged",
          "Acknowledgement",
          "AdaptiveConcurrency",
          "Aggregate",
          "AggregateOptions",
          "AggregatePage",
          "AimdOptions",
          "AnyDefinition",
          "AppliedIds",
          "AppliedIdsOptions",
          "Attachment",
          "BatchOptions",
          "BrokenRecord",
          "Budget",
          "BudgetOptions",
          "BudgetShare",
          "Bus",
          "BusFailure",
          "BusOptions",
          "BusStats",
          "CloseOptions",
          "CloudEvent",
          "Codec",
          "CommandDefinition",
          "CommandHandler",
          "CommandOptions",
          "ConcurrencyControl",
          "Condition",
          "CongestionAlert",
          "DataOf",
          "DecodeOptions",
          "DedupOptions",
          "Delivery",
          "DeliveryContext",
          "DeliveryContract",
          "DeliveryStats",
          "Drift",
          "Envelope",
          "EventCounts",
          "EventDefinition",
          "EventHandler",
          "EventId",
          "EventOptions",
          "Fault",
          "Filter",
          "FullRateLimit",
          "Handled",
          "HandlerHandle",
          "Incoming",
          "Inspection",
          "InspectionOptions",
          "Job",
          "JobContext",
          "JobCounts",
          "JobEnd",
          "JobMessage",
          "JobOperation",
          "JobOperationState",
          "JobRecord",
          "JobState",
          "JobStateMessage",
          "JobStore",
          "JobSubscriber",
          "JobUserMessage",
          "Lease",
          "Ledger",
          "LogSenderOptions",
          "MatchOptions",
          "MessageContext",
          "MessageDefinition",
          "MessageLink",
          "Messages",
          "NackReason",
          "Next",
          "Operation",
          "OperationChange",
          "OperationEnd",
          "OperationState",
          "Operations",
          "OperationsOptions",
          "OperationsStats",
          "Outcome",
          "Overflow",
          "Page",
          "PageKey",
          "PageRequest",
          "PageSource",
          "PageTokenFailure",
          "PageTokens",
          "PageTokensOptions",
          "RateLimit",
          "RateLimits",
          "RateLimitsOptions",
          "Receipt",
          "Receiver",
          "ReceiverFailure",
          "ReceiverIdentity",
          "ReceiverLedger",
          "ReceiverOptions",
          "ReceiverRequest",
          "ReceiverStats",
          "Receivers",
          "ReceiversOptions",
          "Recovery",
          "RetryPolicy",
          "Route",
          "RouteAlert",
          "RouteContext",
          "RouteFailure",
          "RouteHandle",
          "RoutedEvent",
          "Scalar",
          "SendFailureClass",
          "SendFailureFacts",
          "Sender",
          "Settlement",
          "SourceFailure",
          "SplitOptions",
          "StopOptions",
          "SubmitOptions",
          "TokenSealer",
          "TopicDefinition",
          "TopicOptions",
          "Topics",
          "TransformStep",
          "Unreachable",
          "Upcast",
          "Verdict",
          "View",
          "WaitOptions",
          "WalkQuery",
          "WatchEvent",
          "Watermarks",
          "WireCodec",
          "WorkEngine",
          "WorkEngineOptions",
          "WorkFailure",
          "WorkLedger",
        ],
        "values": [
          "AckTimeoutError",
          "BrokenRecordsError",
          "BusStartedError",
          "ClosedError",
          "DeadlineError",
          "DecodeError",
          "DeliveryError",
          "DuplicateDefinitionError",
          "DuplicateTokenError",
          "FormatError",
          "HandlerError",
          "HandlerTakenError",
          "IdempotencyConflictError",
          "InboxError",
          "InvalidPageTokenError",
          "JobError",
          "JobTimeoutError",
          "MessageLimitError",
          "NackedError",
          "NotJsonError",
          "OperationsFullError",
          "PageSizeError",
          "PageTokenExpiredError",
          "PageTokenMismatchError",
          "PageTokenStaleError",
          "PageTokenTooLargeError",
          "QueueFullError",
          "RateLimitError",
          "ReceiveError",
          "ReceiverOpenError",
          "RefusedError",
          "RejectedMessageError",
          "RouteError",
          "SendError",
          "SourceError",
          "SourceLoopError",
          "SourceOversizedError",
          "SourceStalledError",
          "SplitError",
          "StoppedError",
          "StoreError",
          "TimeoutError",
          "TooLargeError",
          "Topic",
          "TransformError",
          "UnknownJobError",
          "UnknownMessageError",
          "UnknownOperationError",
          "UnknownTopicError",
          "UnreachableError",
          "UnrecoverableJobError",
          "UnsettledError",
          "aggregatePages",
          "aimd",
          "batchFilter",
          "chainFilters",
          "comparePageKeys",
          "createAppliedIds",
          "createBudget",
          "createBus",
          "createOperations",
          "createRateLimits",
          "createReceiver",
          "createReceivers",
          "createTopics",
          "createWorkEngine",
          "decode",
          "decodeWith",
          "dedupFilter",
          "defineCommand",
          "defineEvent",
          "defineMessages",
          "explain",
          "fromAbortable",
          "fromAsyncIterable",
          "fromCloudEvent",
          "fromKeyset",
          "fromLinkHeader",
          "fromOffset",
          "fromSnapshot",
          "fromToken",
          "logSender",
          "matchFilter",
          "pageTokens",
          "snapshot",
          "splitFilter",
          "startInspection",
          "toCloudEvent",
          "transformFilter",
        ],
      }
    `);
  });

  it('rxfan/operators', () => {
    expect(namesOf('./operators')).toMatchInlineSnapshot(`
      {
        "types": [
          "MergeMapBoundedOptions",
          "MergeSortedOptions",
        ],
        "values": [
          "ComparatorError",
          "OptionError",
          "OverflowError",
          "SourceOrderError",
          "mergeMapBounded",
          "mergeSorted",
          "mergeSortedWith",
        ],
      }
    `);
  });

  it('rxfan/testing', () => {
    expect(namesOf('./testing')).toMatchInlineSnapshot(`
      {
        "types": [
          "AssertEqual",
          "Choice",
          "DeliveryTwist",
          "Drops",
          "DropsOptions",
          "ExploreOptions",
          "Explored",
          "ExploredRun",
          "FakeAnswer",
          "FakeAttempt",
          "FakeCall",
          "FakeContext",
          "FakeDelivered",
          "FakeDelivery",
          "FakeIncoming",
          "FakePageSource",
          "FakePageSourceOptions",
          "FakePublish",
          "FakeQuirk",
          "FakeStore",
          "FakeStoreOptions",
          "FakeTransport",
          "FakeTransportOptions",
          "FanTestHelpers",
          "InboxSubject",
          "Invariant",
          "Law",
          "Leaks",
          "MarbleHelpers",
          "MarbleRun",
          "MessagingSubject",
          "MessagingTraits",
          "Noted",
          "OperatorTraits",
          "OutboxSubject",
          "PageSourceSubject",
          "PageSourceTraits",
          "Permit",
          "Permitted",
          "Picture",
          "PictureLane",
          "PulledMarbles",
          "RecordOptions",
          "Recorded",
          "RegistryStoreSubject",
          "SlowPulledMarbles",
          "SourceEnd",
          "StoreCall",
          "StoreScript",
          "StoryEvent",
          "Trackable",
          "TransportScript",
          "Twist",
          "World",
        ],
        "values": [
          "EndlessTestError",
          "InvariantError",
          "LeakError",
          "MarbleMismatchError",
          "StuckTestError",
          "atMost",
          "createFanTest",
          "createMarbles",
          "drops",
          "endsOnce",
          "explore",
          "fakeDelivery",
          "fakeIncoming",
          "fakePageSource",
          "fakeSealer",
          "fakeStore",
          "fakeTransport",
          "inOrder",
          "inboxLaws",
          "jobStoreLaws",
          "marbleSvg",
          "marbleText",
          "messagingLaws",
          "noLeak",
          "noLoss",
          "operatorLaws",
          "outboxLaws",
          "pageSourceLaws",
          "printMarbles",
          "readMarbles",
          "recordMarbles",
          "registryStoreLaws",
          "valuesOf",
        ],
      }
    `);
  });

  it('rxfan/http', () => {
    expect(namesOf('./http')).toMatchInlineSnapshot(`
      {
        "types": [
          "Destination",
          "Dial",
          "EventRing",
          "EventRingOptions",
          "EventStreamOptions",
          "HttpIntakeOptions",
          "HttpSenderOptions",
          "OwnAddress",
          "Problem",
          "QueryShape",
          "ReadFormOptions",
          "ReadJsonOptions",
          "ServeLimits",
          "ServeOptions",
          "ServeSocketOptions",
          "ServerSentEvent",
          "Serving",
          "SocketLimits",
          "SocketPeer",
          "SocketSession",
          "StreamEnd",
          "TargetGuard",
          "TargetGuardOptions",
          "TargetNotifierOptions",
          "TargetRule",
          "WebApp",
          "WebSocketOptions",
        ],
        "values": [
          "BlockedAddressError",
          "BlockedUrlError",
          "ListenError",
          "PortInUseError",
          "RequestError",
          "SlowClientError",
          "SocketInUseError",
          "SseFieldError",
          "UnsafeSocketError",
          "answerProblem",
          "createEventRing",
          "createTargetGuard",
          "eventStream",
          "httpIntake",
          "httpNotifier",
          "httpSender",
          "isOurFault",
          "isTellable",
          "problemOf",
          "readForm",
          "readJson",
          "readPageSize",
          "readPageToken",
          "readQuery",
          "serve",
          "serveSocket",
          "webSocket",
        ],
      }
    `);
  });

  it('rxfan/cloudevents', () => {
    expect(namesOf('./cloudevents')).toMatchInlineSnapshot(`
      {
        "types": [
          "CloudEventsNotifierOptions",
        ],
        "values": [
          "cloudEventsNotifier",
        ],
      }
    `);
  });

  it('rxfan/codeengine', () => {
    expect(namesOf('./codeengine')).toMatchInlineSnapshot(`
      {
        "types": [
          "CodeEngineNotifierOptions",
        ],
        "values": [
          "codeEngineNotifier",
        ],
      }
    `);
  });

  it('rxfan/ibmmq', () => {
    expect(namesOf('./ibmmq')).toMatchInlineSnapshot(`
      {
        "types": [
          "IbmMqOptions",
          "ManagerTls",
        ],
        "values": [
          "ibmMqDepths",
          "ibmMqscDepths",
        ],
      }
    `);
  });

  it('rxfan/inspection', () => {
    expect(namesOf('./inspection')).toMatchInlineSnapshot(`
      {
        "types": [
          "Explanation",
          "InspectedNode",
          "InspectedWait",
          "InspectionGraph",
        ],
        "values": [
          "InspectionOffError",
          "InspectionRunningError",
          "ratesBetween",
          "toDot",
          "toJson",
          "toMermaid",
        ],
      }
    `);
  });

  it('rxfan/s3', () => {
    expect(namesOf('./s3')).toMatchInlineSnapshot(`
      {
        "types": [
          "EtagForm",
          "HmacCredentials",
          "IamCredentials",
          "S3Access",
          "S3RegistryStoreOptions",
        ],
        "values": [
          "s3RegistryStore",
        ],
      }
    `);
  });

  it('rxfan/file', () => {
    expect(namesOf('./file')).toMatchInlineSnapshot(`
      {
        "types": [
          "FileJobStoreOptions",
          "FileRegistryStoreOptions",
          "FileSenderOptions",
          "TailFileOptions",
        ],
        "values": [
          "fileJobStore",
          "fileRegistryStore",
          "fileSender",
          "tailFile",
        ],
      }
    `);
  });

  it('rxfan/messaging', () => {
    expect(namesOf('./messaging')).toMatchInlineSnapshot(`
      {
        "types": [
          "ConsumerEvent",
          "Done",
          "Inbox",
          "InboxOptions",
          "IncomingMessage",
          "Outbox",
          "OutgoingMessage",
          "PublishFailure",
          "QueueContract",
          "RelayEvent",
          "RelayOptions",
          "RelayTurn",
          "RelayVerdict",
          "Transport",
          "TransportState",
        ],
        "values": [
          "DeadLetterError",
          "InvalidMessageError",
          "OutboxFullError",
          "PublishError",
          "QueueConfigError",
          "UnroutableError",
          "createInbox",
          "relayOutbox",
        ],
      }
    `);
  });

  it('rxfan/memory', () => {
    expect(namesOf('./memory')).toMatchInlineSnapshot(`
      {
        "types": [
          "DeadLetter",
          "MemoryBroker",
          "MemoryBrokerOptions",
          "MemoryJobStoreOptions",
          "MemoryOutbox",
          "MemoryOutboxOptions",
          "MemoryTransaction",
          "StoredTokensOptions",
        ],
        "values": [
          "createMemoryBroker",
          "memoryJobStore",
          "memoryOutbox",
          "memoryRegistryStore",
          "memoryTransport",
          "storedTokens",
          "withStoredFallback",
        ],
      }
    `);
  });

  it('rxfan/node', () => {
    expect(namesOf('./node')).toMatchInlineSnapshot(`
      {
        "types": [
          "AesGcmSealerOptions",
          "EphemeralSealerOptions",
          "SealingKey",
        ],
        "values": [
          "aesGcmSealer",
          "ephemeralSealer",
          "parseSealingKeys",
        ],
      }
    `);
  });

  it('rxfan/packages', () => {
    expect(namesOf('./packages')).toMatchInlineSnapshot(`
      {
        "types": [
          "DebianAvailableOptions",
          "DebianInstalledOptions",
          "DefaultPlaces",
          "FoundSources",
          "HelmIndexOptions",
          "KubernetesListOptions",
          "NpmInstalledOptions",
          "NpmRegistryOptions",
          "Package",
          "PackageQuery",
          "PackageSource",
          "PythonInstalledOptions",
          "PythonPlaces",
          "RestListOptions",
          "SqlTable",
          "SqlTableOptions",
          "TlsOptions",
        ],
        "values": [
          "debianAvailable",
          "debianInstalled",
          "defaultPythonDirectories",
          "defaultSources",
          "helmIndex",
          "kubernetesList",
          "matchesQuery",
          "npmInstalled",
          "npmRegistry",
          "packageKey",
          "pythonInstalled",
          "restList",
          "sqlTable",
        ],
      }
    `);
  });

  it('rxfan/rabbitmq', () => {
    expect(namesOf('./rabbitmq')).toMatchInlineSnapshot(`
      {
        "types": [
          "RabbitmqDepthsOptions",
          "RabbitmqOptions",
          "RabbitmqTls",
        ],
        "values": [
          "rabbitmqDepths",
          "rabbitmqTransport",
        ],
      }
    `);
  });

  it('rxfan/eventing', () => {
    expect(namesOf('./eventing')).toMatchInlineSnapshot(`
      {
        "types": [
          "EventView",
          "Eventing",
          "EventingAppOptions",
          "EventingOptions",
          "FollowOptions",
          "OperationQuery",
          "OperationView",
          "SeatsOptions",
          "Service",
          "ServiceApi",
          "ServiceApiOptions",
          "ServiceConsumer",
          "ServiceConsumerOptions",
        ],
        "values": [
          "createEventing",
          "createServiceApi",
          "createServiceConsumer",
          "eventingApi",
          "eventingApp",
        ],
      }
    `);
  });

  it('rxfan/jobs', () => {
    expect(namesOf('./jobs')).toMatchInlineSnapshot(`
      {
        "types": [
          "JobKind",
          "JobKindContext",
          "JobKinds",
          "JobLimits",
          "JobQuery",
          "JobStart",
          "JobView",
          "Jobs",
          "JobsAppOptions",
          "JobsOptions",
          "KindView",
        ],
        "values": [
          "IdempotencyKeyReusedError",
          "JobNotKeptError",
          "JobOverError",
          "catalogueRefresh",
          "createJobs",
          "jobsApp",
        ],
      }
    `);
  });

  it('rxfan/catalogue', () => {
    expect(namesOf('./catalogue')).toMatchInlineSnapshot(`
      {
        "types": [
          "Asset",
          "Assets",
          "Catalogue",
          "CatalogueAppOptions",
          "CatalogueOptions",
          "CatalogueQuery",
          "CatalogueSource",
          "RefreshReport",
          "SourceReport",
        ],
        "values": [
          "catalogueApp",
          "createCatalogue",
          "loadAssets",
          "openapi",
        ],
      }
    `);
  });

  it.each(Object.entries(doors))('%s gives at run time the values it names', async (door, file) => {
    expect(Object.keys(await importFile(file)).sort()).toEqual(namesOf(door).values);
  });

  it('rxfan/routing', () => {
    expect(namesOf('./routing')).toMatchInlineSnapshot(`
      {
        "types": [
          "AlertHub",
          "AlertSinkSpec",
          "FilterSpec",
          "Outcomes",
          "ReceiverReport",
          "ReceiverSpec",
          "RouteLedger",
          "RouteReport",
          "RouteSpec",
          "RoutedReceiver",
          "Routing",
          "RoutingAppOptions",
          "RoutingErrorCode",
          "RoutingLog",
          "RoutingOptions",
          "RoutingSpec",
          "SenderSpec",
          "SourceSpec",
          "TenantSpec",
        ],
        "values": [
          "RoutingError",
          "UnknownSenderError",
          "createRouting",
          "routingApi",
          "routingApp",
        ],
      }
    `);
  });

  it('loads with a door only what it needs', () => {
    const packages = Object.entries(doors).map(([door, file]) => [door, packagesLoadedBy(file).join(' ')]);
    expect(Object.fromEntries(packages)).toMatchInlineSnapshot(`
      {
        ".": "fp-ts rxjs",
        "./catalogue": "hono node:crypto node:fs node:http node:module node:url rxjs",
        "./cloudevents": "cloudevents node:crypto node:http node:net node:tls rxjs",
        "./codeengine": "fp-ts io-ts node:crypto rxjs",
        "./eventing": "fp-ts hono io-ts node:crypto node:http rxjs ws",
        "./file": "fp-ts io-ts node:crypto node:fs node:path node:timers rxjs",
        "./http": "@hono/node-server fp-ts node:crypto node:dns node:fs node:http node:net node:os node:path node:tls rxjs ws",
        "./ibmmq": "fp-ts io-ts node:http node:https node:stream rxjs",
        "./inspection": "",
        "./jobs": "fp-ts hono io-ts node:crypto node:http rxjs",
        "./memory": "@noble/hashes rxjs",
        "./messaging": "rxjs",
        "./node": "node:crypto rxjs",
        "./operators": "rxjs",
        "./otel": "@opentelemetry/api rxjs",
        "./packages": "fp-ts io-ts node:child_process node:fs node:https node:os node:path node:stream node:timers node:zlib rxjs yaml",
        "./postgres": "fp-ts io-ts rxjs",
        "./rabbitmq": "amqplib rxjs",
        "./routing": "fp-ts hono node:crypto node:fs node:http node:path rxjs",
        "./s3": "@aws-sdk/client-s3 fp-ts io-ts node:crypto rxjs",
        "./testing": "@sinonjs/fake-timers rxjs",
        "./testing/vitest": "@sinonjs/fake-timers rxjs vitest",
      }
    `);
  });

  it('leads to each name through one door', () => {
    const seen = new Map<string, string[]>();
    for (const door of Object.keys(doors)) {
      const { values, types } = namesOf(door);
      for (const name of [...values, ...types]) seen.set(name, [...(seen.get(name) ?? []), door]);
    }
    expect([...seen].filter(([, through]) => through.length > 1)).toEqual([]);
  });
});
