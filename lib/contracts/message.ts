import type { WireCodec } from './codec.ts';

/** One sort of message, as both sides know it. */
export interface MessageDefinition<A = unknown> {
  readonly kind: 'event' | 'command';
  /** Names it on the wire: words of letters, digits, `_` and `-`, with dots between them. */
  readonly name: string;
  /** Where it goes; unique, as the name is. */
  readonly routingKey: string;
  /** Of the codec, counted from 1. */
  readonly version: number;
  readonly codec: WireCodec<A>;
  /** Makes data of the present version of data of an older one. Absent: older ones are refused. */
  readonly upcast: Upcast | undefined;
}

/** Makes data of the present version of a message, before it is decoded, of data of `version`, which is older. */
export type Upcast = (data: unknown, version: number) => unknown;

/** A fact that a service tells whoever wants to know. */
export interface EventDefinition<A = unknown> extends MessageDefinition<A> {
  readonly kind: 'event';
}

/** An order that one service carries out. */
export interface CommandDefinition<A = unknown> extends MessageDefinition<A> {
  readonly kind: 'command';
}

/** Any definition. */
export type AnyDefinition = EventDefinition | CommandDefinition;

/** What the data of a definition is. */
export type DataOf<D extends MessageDefinition> = D extends MessageDefinition<infer A> ? A : never;
