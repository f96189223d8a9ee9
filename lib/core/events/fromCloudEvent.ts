import { asyncScheduler } from 'rxjs';
import type { Envelope } from '../../contracts/envelope.ts';
import { DecodeError } from '../../contracts/failure.ts';
import { checkEnvelope } from './envelopeMembers.ts';

const WHERE = 'CloudEvent';
const TIME = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)$/;

/**
 * The envelope of a CloudEvent 1.0 in structured JSON, its data not decoded. An event without `correlationid` begins something,
 * one without `dataversion` has version 1, one without `time` happens now; other extensions are left out. Throws DecodeError.
 */
export function fromCloudEvent(input: unknown): Envelope {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) throw wrong('', 'an object', typeof input);
  const event = input as Readonly<Record<string, unknown>>;
  const type = event['datacontenttype'] ?? 'application/json';
  if (event['specversion'] !== '1.0') throw wrong('specversion', '1.0', String(event['specversion']));
  if (typeof type !== 'string' || !/^application\/json(?:\s*;.*)?$/i.test(type))
    throw wrong('datacontenttype', 'application/json', 'another type');
  if ('data_base64' in event) throw wrong('data_base64', 'left out: data is JSON', 'a member');

  const members = {
    id: event['id'],
    type: event['type'],
    source: event['source'],
    time: timeOf(event['time']),
    correlationId: event['correlationid'] ?? event['id'],
    causationId: event['causationid'],
    tenant: event['tenant'],
    traceparent: event['traceparent'],
    tracestate: event['tracestate'],
    version: event['dataversion'] ?? 1,
  };
  checkEnvelope(members, WHERE);
  return { ...(members as Omit<Envelope, 'data'>), data: event['data'] };
}

function timeOf(time: unknown): number {
  if (time === undefined) return asyncScheduler.now();
  const ms = typeof time === 'string' && TIME.test(time) ? Date.parse(time) : NaN;
  if (Number.isNaN(ms)) throw wrong('time', 'a time as in RFC 3339', 'none');
  return ms;
}

function wrong(at: string, expected: string, found: string): DecodeError {
  return new DecodeError(WHERE, [{ at: `/${at}`, expected, found: found.slice(0, 60) }]);
}
