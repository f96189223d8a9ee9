import type * as t from 'io-ts';
import { oneOf } from '../codecs.ts';
import { means } from '../described.ts';
import { ENDPOINT_KEYS } from './observerFile.ts';
import { readTexts } from '../readTexts.ts';
import type { SetTexts, Variables } from '../setText.ts';
import { amqpAddress, hidden, line, managerName, serviceAddress, wholeText } from '../textCodecs.ts';

/** A queue manager, or a broker, that is asked for the depths of its queues. */
export type ManagerSettings =
  | {
      /** How its REST API is asked: by its resource of queues, or by an MQSC command where it has no version 1. */
      readonly kind: 'ibmmq' | 'ibmmq-mqsc';
      readonly manager: string;
      /** Where its REST API is: scheme, host and port. */
      readonly address: string;
      readonly user: string | undefined;
      readonly password: string | undefined;
    }
  | {
      readonly kind: 'rabbitmq';
      readonly manager: string;
      /** With its credentials and its virtual host. */
      readonly url: string;
    };

/** Slots that can be set by variables alone; further ones need a place in the file. */
const FREE_SLOTS = 20;
/** What a slot says of a queue manager. */
export const managerCodecs = {
  KIND: means('What it is asked as. Default: ibmmq.', oneOf(['ibmmq', 'ibmmq-mqsc', 'rabbitmq'])),
  QMGR: means('What it is called.', managerName),
  MQ_REST_HOST: means('Where its REST API is.', serviceAddress),
  MQ_REST_PORT: means('Default: that of the address.', wholeText(1, 65_535)),
  ADMIN_USER: means('Who asks.', line),
  ADMIN_PASSWORD: means('With this.', hidden),
  AMQP_URL: means('Of a broker, with credentials and virtual host.', amqpAddress),
} satisfies Record<(typeof ENDPOINT_KEYS)[number], t.Mixed>;
/** What a slot that leaves it blank takes from slot 0, if both are of the same kind. */
const SHARED = ['MQ_REST_HOST', 'MQ_REST_PORT', 'ADMIN_USER', 'ADMIN_PASSWORD', 'AMQP_URL'];

/**
 * The queue managers: the slots of the file, each variable with the suffix of a slot before what its place says, and the
 * plain name for slot 0. Each slot is read by itself: what one says never reaches another, save that blanks are filled
 * from slot 0.
 */
export function readManagers(
  endpoints: readonly SetTexts[],
  env: Variables,
  problems: string[],
): readonly ManagerSettings[] {
  const slots = slotsOf(endpoints, env, problems);
  const first = slots.get(0) ?? {};
  const managers = [...slots].flatMap(([slot, own]) => {
    const isAlike = (own['KIND'] ?? KIND).text === (first['KIND'] ?? KIND).text;
    const filled = isAlike ? { ...only(first, SHARED), ...own } : own;
    return managerOf(filled, slot, problems) ?? [];
  });
  managers.forEach(({ manager }, i) => {
    const isSecond = managers.findIndex((other) => other.manager === manager) !== i;
    if (isSecond) problems.push(`QMGR: two queue managers have the name ${JSON.stringify(manager)}`);
  });
  return managers;
}

function only(texts: SetTexts, keys: readonly string[]): SetTexts {
  return Object.fromEntries(Object.entries(texts).filter(([key]) => keys.includes(key)));
}

const KIND = { text: 'ibmmq', from: 'the default' };

function slotsOf(endpoints: readonly SetTexts[], env: Variables, problems: string[]): Map<number, SetTexts> {
  const slots = new Map<number, SetTexts>(endpoints.map((texts, slot) => [slot, texts]));
  const most = Math.max(FREE_SLOTS, endpoints.length);
  const set = (slot: number, key: string, name: string) => {
    const text = env[name]?.trim() ?? '';
    if (text !== '') slots.set(slot, { ...slots.get(slot), [key]: { text, from: name } });
  };
  for (const key of ENDPOINT_KEYS) set(0, key, key);
  for (const name of Object.keys(env).toSorted()) {
    const [, key, suffix] = SUFFIXED.exec(name) ?? [];
    if (key === undefined || suffix === undefined) continue;
    if (Number(suffix) < most) set(Number(suffix), key, name);
    else problems.push(`${name} is for a slot that is not there: by variables alone they go from 0 to ${most - 1}`);
  }
  return new Map([...slots].toSorted(([a], [b]) => a - b));
}

const SUFFIXED = new RegExp(`^(${ENDPOINT_KEYS.join('|')})(0|[1-9]\\d{0,3})$`);

function managerOf(texts: SetTexts, slot: number, problems: string[]): ManagerSettings | undefined {
  const before = problems.length;
  const values = readTexts(texts, managerCodecs, problems);
  const { KIND: kind = 'ibmmq', QMGR: manager, ADMIN_USER: user, ADMIN_PASSWORD: password } = values;
  if (problems.length > before) return undefined;
  const { MQ_REST_HOST: host, MQ_REST_PORT: port, AMQP_URL: url } = values;

  if (manager !== undefined && kind !== 'rabbitmq' && host !== undefined) {
    return { kind, manager, address: withPort(host, port), user, password };
  }
  if (manager !== undefined && kind === 'rabbitmq' && url !== undefined) return { kind, manager, url };
  const place = kind !== 'rabbitmq' ? `MQ_REST_HOST${slot}` : `AMQP_URL${slot}`;
  const missing = manager === undefined ? `a name: QMGR${slot}` : `an address: ${place}`;
  problems.push(`slot ${slot} of the queue managers (${Object.values(texts)[0]?.from ?? ''}) needs ${missing}`);
  return undefined;
}

function withPort(address: string, port: number | undefined): string {
  if (port === undefined) return address;
  const url = new URL(address);
  url.port = String(port);
  return url.href.replace(/\/+$/, '');
}
