/** What {@link stopBroker} needs to know of a server; JSON can carry it. */
export interface BrokerHandle {
  readonly group: number;
  readonly epmdPort: number;
  readonly folder: string;
}

export interface TestBroker {
  readonly url: string;
  readonly port: number;
  readonly handle: BrokerHandle;
  ctl(...args: readonly string[]): Promise<string>;
  kill(): void;
  freeze(): void;
  thaw(): void;
  start(): Promise<void>;
  stop(): Promise<void>;
}

export function rabbitmqPrograms(): string | undefined;
export function startBroker(options?: { readonly config?: readonly string[] }): Promise<TestBroker>;
export function stopBroker(handle: BrokerHandle): Promise<void>;
