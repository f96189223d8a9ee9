export { createEventing, type Eventing, type EventingOptions, type FollowOptions } from './createEventing.ts';
export type { SeatsOptions } from './createSeats.ts';
export { eventingApp, type EventingAppOptions } from './eventingApp.ts';
export type { EventView } from './eventView.ts';
export { openapi as eventingApi } from './openapi.ts';
export type { OperationQuery } from './operationList.ts';
export type { OperationView } from './operationView.ts';
