import { ibmMqDepths } from '../../../adapters/ibmmq/ibmMqDepths.ts';
import { ibmMqscDepths } from '../../../adapters/ibmmq/ibmMqscDepths.ts';
import type { DepthSource } from '../../../contracts/depthSource.ts';
import type { ManagerSettings } from '../../config/observer/managers.ts';
import type { ObserverSettings } from '../../config/observer/observerSettings.ts';

/** What is asked for the depths of queues. Nothing is asked before a cycle. */
export async function openDepthSources({ managers, notify }: ObserverSettings): Promise<readonly DepthSource[]> {
  return Promise.all(managers.map((manager) => openSource(manager, notify.allowsSelfSigned)));
}

async function openSource(settings: ManagerSettings, allowSelfSigned: boolean): Promise<DepthSource> {
  if (settings.kind === 'rabbitmq') throw new Error('not yet');
  const { kind, manager, address: url, user, password } = settings;
  const options = { manager, url, user, password, tls: { allowSelfSigned } };
  return kind === 'ibmmq' ? ibmMqDepths(options) : ibmMqscDepths(options);
}
