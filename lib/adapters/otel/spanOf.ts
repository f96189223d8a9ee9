import { SpanKind, type Attributes } from '@opentelemetry/api';
import type { Step, StepEnd } from '../../../operators/internal/carrier.ts';
import { shownText } from '../../boundary/shownText.ts';
import { steadyName } from './steadyName.ts';

/** A span that is to be started. */
export interface SpanStart {
  readonly name: string;
  readonly kind: SpanKind;
  readonly attributes: Attributes;
}

const LONGEST_NAME = 120;
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH', 'QUERY']);
const ERROR_NAME = /^[A-Za-z_$][\w$.]{0,59}$/;

const KINDS: Readonly<Record<Step['operation'], SpanKind>> = {
  publish: SpanKind.PRODUCER,
  send: SpanKind.PRODUCER,
  receive: SpanKind.CONSUMER,
  process: SpanKind.CONSUMER,
  request: SpanKind.SERVER,
  call: SpanKind.CLIENT,
  wait: SpanKind.INTERNAL,
  run: SpanKind.INTERNAL,
  fetch: SpanKind.INTERNAL,
};
const TYPES: Partial<Record<Step['operation'], string>> = {
  publish: 'send',
  send: 'send',
  receive: 'process',
  process: 'process',
};

/** The span of a step, in the words of the semantic conventions. */
export function spanOf(step: Step): SpanStart {
  const { operation } = step;
  const kind = KINDS[operation];
  return operation === 'request' || operation === 'call' ? { kind, ...httpSpan(step) } : { kind, ...messageSpan(step) };
}

/** What is known at the end of it. */
export function endOf({ operation }: Step, { failure, status, route }: StepEnd): Attributes {
  const isError = status !== undefined && status >= (operation === 'call' ? 400 : 500);
  return {
    ...(status !== undefined && { 'http.response.status_code': status }),
    ...(route !== undefined && { 'http.route': shownText(route, LONGEST_NAME) }),
    ...(failure !== undefined && { 'error.type': errorType(failure) }),
    ...(failure === undefined && isError && { 'error.type': String(status) }),
  };
}

/** The name of an error where it is a word; what it says may be anybody's. */
export function errorType(failure: unknown): string {
  return failure instanceof Error && ERROR_NAME.test(failure.name) ? failure.name : '_OTHER';
}

/** What a method is called: a client may send any. */
export function methodOf(method: string): string {
  return METHODS.has(method) ? method : '_OTHER';
}

function httpSpan({ destination, host }: Step): Omit<SpanStart, 'kind'> {
  const method = methodOf(destination);
  return {
    name: method === '_OTHER' ? 'HTTP' : method,
    attributes: {
      'http.request.method': method,
      ...(host !== undefined && { 'server.address': shownText(host, LONGEST_NAME) }),
    },
  };
}

function messageSpan({ operation, system, destination, subscriber, attempt, outcome }: Step): Omit<SpanStart, 'kind'> {
  const name = steadyName(destination);
  const word = operation === 'receive' ? 'process' : operation;
  const type = TYPES[operation];
  return {
    name: `${word} ${name}`,
    attributes: {
      'messaging.system': system,
      'messaging.operation.name': word,
      ...(type !== undefined && { 'messaging.operation.type': type }),
      'messaging.destination.name': name,
      ...(subscriber !== undefined && {
        'messaging.destination.subscription.name': shownText(subscriber, LONGEST_NAME),
      }),
      ...(attempt !== undefined && { 'rxfan.attempt': attempt }),
      ...(outcome !== undefined && { 'rxfan.outcome': outcome }),
    },
  };
}
