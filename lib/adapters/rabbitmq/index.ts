export type { RabbitmqOptions, RabbitmqTls } from './options.ts';
export { rabbitmqTransport } from './rabbitmqTransport.ts';
export { rabbitmqDepths, type RabbitmqDepthsOptions } from './rabbitmqDepths.ts';
