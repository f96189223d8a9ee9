import { shownText } from '../../boundary/shownText.ts';
import { inWords } from '../../contracts/inWords.ts';
import { NotifyError } from '../../contracts/notifier.ts';
import type { RegionJobs } from './jobDirectory.ts';
import { isMeant, type JobPlace } from './jobPlace.ts';
import { toNotifyError } from './toNotifyError.ts';

/**
 * The one job that a reference means. Throws NotifyError when there is none, or more than one, or that is not known because
 * a region could not be read.
 */
export function findJob(reference: string, regions: readonly RegionJobs[]): JobPlace {
  const found = regions.flatMap(({ jobs = [] }) => jobs.filter((place) => isMeant(reference, place)));
  const [first, second] = found;

  if (first && !second) return first;
  if (first) {
    const places = found.slice(0, 5).map(({ region, name, job }) => `${region}/${name}/${job}`);
    throw new NotifyError(
      'unknownJob',
      reference,
      `more than one job is called so: ${places.join(', ')}; name one of them`,
    );
  }
  const unread = regions.find(({ failure }) => failure !== undefined);
  if (unread) {
    const { kind, status, cause } = toNotifyError(reference, unread.failure);
    const reason = `the jobs of ${unread.region} cannot be read: ${inWords(unread.failure)}`;
    throw new NotifyError(kind, reference, shownText(reason), { cause, ...(status !== undefined && { status }) });
  }
  throw new NotifyError(
    'unknownJob',
    reference,
    `there is no such job in ${regions.map(({ region }) => region).join(', ')}`,
  );
}
