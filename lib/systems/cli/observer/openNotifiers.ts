import type { TargetGuard } from '../../../adapters/guard/createTargetGuard.ts';
import { httpNotifier } from '../../../adapters/http/httpNotifier.ts';
import type { Notifier } from '../../../contracts/notifier.ts';
import type { ObserverSettings } from '../../config/observer/observerSettings.ts';
import { withPackage } from './withPackage.ts';

/** What tells those who registered: URLs by CloudEvents or plainly, and jobs of Code Engine where they are set. */
export async function openNotifiers(settings: ObserverSettings, guard: TargetGuard): Promise<readonly Notifier[]> {
  const { notify, codeEngine, times } = settings;
  const { as, timeoutMs, secrets } = notify;
  const options = { guard, timeoutMs, secrets };
  const openUrls = async (): Promise<Notifier> => {
    if (as === 'post') return httpNotifier(options);
    const { cloudEventsNotifier } = await withPackage(
      'cloudevents',
      'notifications as CloudEvents; HTTP_NOTIFY does without',
      () => import('../../../adapters/cloudevents/cloudEventsNotifier.ts'),
    );
    return cloudEventsNotifier({ ...options, mode: as === 'cloudEvents' ? 'structured' : 'binary' });
  };
  const openJobs = async (): Promise<readonly Notifier[]> => {
    if (codeEngine === undefined) return [];
    const { apiKey: apikey, regions, tokenUrl: authUrl, client } = codeEngine;
    const { codeEngineNotifier } = await withPackage(
      'ibm-cloud-sdk-core',
      'jobs of Code Engine',
      () => import('../../../adapters/codeengine/codeEngineNotifier.ts'),
    );
    return [codeEngineNotifier({ apikey, regions, authUrl, client, refreshMs: times.jobRefreshMs })];
  };
  return [await openUrls(), ...(await openJobs())];
}
