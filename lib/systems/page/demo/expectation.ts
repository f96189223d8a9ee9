import { ageText } from '../words/ageText.ts';
import type { Demo, DemoSubscriber } from './demo.ts';

/** What to expect of the demo as it is set, in one sentence. */
export function expectation({ sources, subscribers }: Demo): string {
  const stopped = sources.filter(({ running }) => !running);
  if (stopped.length > 0 && stopped.length < sources.length) {
    return `The merge waits for ${listed(stopped.map(({ name }) => name))}: nothing comes to any subscriber until it is started again, since what comes first in order is not known.`;
  }
  if (stopped.length > 0) return 'No source runs: nothing is published, and the lanes run empty.';
  const perSecond = sources.reduce((sum, source) => sum + source.perSecond, 0);
  const paused = subscribers.filter((one) => one.paused);
  if (paused.length > 0) {
    return `${listed(paused.map(({ id }) => id))} handles nothing and fills its lane: an alert is raised once at the high mark; the others go on as before.`;
  }
  const throwing = subscribers.filter((one) => one.throws);
  if (throwing.length > 0) {
    return `Every attempt of ${listed(throwing.map(({ id }) => id))} fails and its lane is red; the others go on as before.`;
  }
  const slow = subscribers.filter(
    ({ delayMs, concurrency }) => (concurrency * 1_000) / Math.max(1, delayMs) < perSecond,
  );
  if (slow.length > 0) return slow.map((one) => slowText(one, perSecond)).join(' ');
  return `All is well: ${listed(sources.map(({ name }) => name))} publish ${perSecond} a second together, and every subscriber keeps up. Slow one down, and watch its lane.`;
}

function slowText({ id, delayMs, concurrency, bufferSize, overflow }: DemoSubscriber, perSecond: number): string {
  const done = (concurrency * 1_000) / Math.max(1, delayMs);
  const fullMs = (bufferSize / (perSecond - done)) * 1_000;
  return `${id} gets ${done.toFixed(1)} of ${perSecond} a second done: its lane is full in about ${ageText(fullMs)}, raises one alert on the way, and then ${WHEN_FULL[overflow] ?? overflow}; the others go on as before.`;
}

const WHEN_FULL: Readonly<Record<string, string>> = {
  error: 'refuses',
  dropOldest: 'drops the oldest',
  dropNewest: 'drops the newest',
  coalesce: 'keeps the latest of each',
  block: 'makes the publisher wait',
  park: 'parks the rest',
};

function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;
}
