export type { AlertHub } from './createAlertHub.ts';
export { createRouting, type RoutingLog, type RoutingOptions } from './createRouting.ts';
export { UnknownSenderError } from './createSenders.ts';
export { openapi as routingApi } from './openapi.ts';
export type { Outcomes, ReceiverReport, RouteReport } from './receiverReport.ts';
export type { RoutedReceiver } from './routedReceiver.ts';
export type { RouteLedger, Routing } from './routing.ts';
export { routingApp, type RoutingAppOptions } from './routingApp.ts';
export { RoutingError, type RoutingErrorCode } from './routingError.ts';
export type {
  AlertSinkSpec,
  FilterSpec,
  ReceiverSpec,
  RouteSpec,
  RoutingSpec,
  SenderSpec,
  SourceSpec,
  TenantSpec,
} from './routingSpec.ts';
