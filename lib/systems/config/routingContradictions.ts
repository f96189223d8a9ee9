import { canonicalJson } from '../../boundary/canonicalJson.ts';
import { findLoop, flowOf } from '../routing/flows.ts';
import { pathOf, tenantsOf, type ReceiverSpec, type RoutingSpec, type SenderSpec } from '../routing/routingSpec.ts';
import { closest } from './closest.ts';

type Problem = (pointer: string, says: string) => void;

/** What is wrong with what is routed although every value by itself is right: each with the place it stands at. */
export function routingContradictions(spec: RoutingSpec): readonly string[] {
  const problems: string[] = [];
  const problem: Problem = (pointer, says) => problems.push(`${pointer} ${says}`);

  checkNames(spec, problem);
  checkReceivers(spec, problem);
  checkFiles(spec, problem);
  spec.tenants?.forEach(({ perSecond, burst, maxDelayMs, maxWaiting }, i) => {
    if (perSecond !== undefined || (burst ?? maxDelayMs ?? maxWaiting) === undefined) return;
    problem(`/tenants/${i}`, 'limits a rate (burst, maxDelayMs, maxWaiting) without saying which: perSecond');
  });
  if (problems.length > 0) return problems;

  const loop = findLoop(spec.receivers.map((receiver) => flowOf(receiver, receiver.routes, spec.senders)));
  return loop === undefined ? [] : [`/receivers let events go round in a circle: ${loop}`];
}

/** Names that stand for something are there, and stand for one thing. */
function checkNames(
  { receivers, senders = [], topics = [], tenants = [], alertSinks = [] }: RoutingSpec,
  problem: Problem,
): void {
  const known = (kind: string, name: string, names: readonly string[], pointer: string) => {
    if (names.includes(name)) return;
    const meant = closest(name, names);
    const hint = meant === undefined ? `known: ${names.join(', ') || 'none'}` : `did you mean ${meant}?`;
    problem(pointer, `names a ${kind} that is not under ${kind}s: ${JSON.stringify(name)}; ${hint}`);
  };
  const topicOf = (end: { readonly type: string; readonly topic?: string }, pointer: string) => {
    if (end.type === 'topic') known('topic', String(end.topic), topics, `${pointer}/topic`);
  };
  const senderNames = senders.map(({ name }) => name);

  unique(topics, (i) => `/topics/${i}`, problem);
  unique(senderNames, (i) => `/senders/${i}/name`, problem);
  unique(tenants.map(({ name }) => name), (i) => `/tenants/${i}/name`, problem); // prettier-ignore
  senders.forEach((sender, i) => topicOf(sender, `/senders/${i}`));
  alertSinks.forEach((sink, i) => topicOf(sink, `/alertSinks/${i}`));
  receivers.forEach((receiver, i) => {
    topicOf(receiver, `/receivers/${i}`);
    unique(tenantsOf(receiver), (j) => `/receivers/${i}/tenants/${j}`, problem);
    unique(receiver.routes.map(({ name }) => name), (j) => `/receivers/${i}/routes/${j}/name`, problem); // prettier-ignore
    receiver.routes.forEach(({ sender }, j) => {
      const pointer = `/receivers/${i}/routes/${j}/sender`;
      if (typeof sender === 'string') known('sender', sender, senderNames, pointer);
      else topicOf(sender, pointer);
    });
  });
}

/** Receivers of one name are one receiver, and webhooks of one path as well. */
function checkReceivers({ receivers }: RoutingSpec, problem: Problem): void {
  receivers.forEach((receiver, i) => {
    const pointer = `/receivers/${i}`;
    const first = receivers.findIndex(({ name }) => name === receiver.name);
    if (first < i) checkShared(receivers[first]!, receiver, { pointer, first }, problem);
    const atPath = receivers.findIndex((other) => hookOf(other) !== undefined && hookOf(other) === hookOf(receiver));
    if (atPath >= 0 && receivers[atPath]!.name !== receiver.name) {
      problem(`${pointer}/path`, `is ${hookOf(receiver)}, which is that of /receivers/${atPath}; give it another`);
    }
    if (receiver.type === 'webhook' && tenantsOf(receiver).length > 1 && receiver.tenantHeader === undefined) {
      problem(pointer, 'has several tenants, and needs a tenantHeader that tells whose an event is');
    }
    receiver.routes.forEach(({ overflow }, j) => {
      if (overflow !== 'block' || receiver.type === 'webhook' || receiver.type === 'topic') return;
      problem(
        `${pointer}/routes/${j}/overflow`,
        `is block, which is for sources that can wait; ${receiver.type} cannot`,
      );
    });
  });
}

function checkShared(
  first: ReceiverSpec,
  again: ReceiverSpec,
  at: { readonly pointer: string; readonly first: number },
  problem: Problem,
): void {
  const { routes: firstRoutes, ...shared } = first;
  const { routes, ...configuration } = again;
  if (canonicalJson(shared) !== canonicalJson(configuration)) {
    const says = `has the name of /receivers/${at.first}, ${JSON.stringify(again.name)}, and not its settings`;
    problem(at.pointer, `${says}; give it another name, or the same settings to share it`);
    return;
  }
  const taken = new Set(firstRoutes.map(({ name }) => name));
  routes.forEach(({ name }, j) => {
    if (!taken.has(name)) return;
    problem(`${at.pointer}/routes/${j}/name`, `is ${JSON.stringify(name)}, which /receivers/${at.first} has already`);
  });
}

/** A file belongs to one sender. */
function checkFiles({ receivers, senders = [] }: RoutingSpec, problem: Problem): void {
  const seen = new Map<string, { readonly pointer: string; readonly settings: string }>();
  const check = ({ type, ...settings }: SenderSpec, pointer: string) => {
    if (type !== 'file' || !('path' in settings)) return;
    const text = canonicalJson({ maxBytes: null, bufferSize: null, ...settings, name: null });
    const first = seen.get(settings.path);
    if (!first) seen.set(settings.path, { pointer, settings: text });
    else if (first.settings !== text) problem(pointer, `writes to the file of ${first.pointer} with other settings`);
  };
  senders.forEach((sender, i) => check(sender, `/senders/${i}`));
  receivers.forEach(({ routes }, i) => {
    routes.forEach(({ sender }, j) => {
      if (typeof sender !== 'string') check(sender, `/receivers/${i}/routes/${j}/sender`);
    });
  });
}

function hookOf(receiver: ReceiverSpec): string | undefined {
  return receiver.type === 'webhook' ? pathOf(receiver) : undefined;
}

function unique(names: readonly string[], pointer: (index: number) => string, problem: Problem): void {
  names.forEach((name, i) => {
    if (names.indexOf(name) !== i) problem(pointer(i), `is there twice: ${JSON.stringify(name)}`);
  });
}
