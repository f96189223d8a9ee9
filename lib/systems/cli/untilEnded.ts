import { exhaustMap, firstValueFrom, from, last, takeWhile, tap, timer } from 'rxjs';
import type { JobsClient, ToldJob } from './jobsClient.ts';

/** How often a job is looked at. */
const EVERY_MS = 300;

/** Looks at a job until it has ended, and hands on what it tells on the way, as far as it is seen. */
export function untilEnded(
  client: JobsClient,
  { id }: ToldJob,
  onMessage: (message: unknown) => void,
): Promise<ToldJob> {
  let seen: string | undefined;
  const jobs$ = timer(0, EVERY_MS).pipe(
    exhaustMap(() => from(client.get(id))),
    tap(({ lastMessage }) => {
      const text = JSON.stringify(lastMessage);
      if (lastMessage !== undefined && text !== seen) onMessage(lastMessage);
      seen = text;
    }),
    takeWhile(({ state }) => state === 'queued' || state === 'running', true),
    last(),
  );
  return firstValueFrom(jobs$);
}
