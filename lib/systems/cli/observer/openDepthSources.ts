import { ibmMqDepths } from '../../../adapters/ibmmq/ibmMqDepths.ts';
import { ibmMqscDepths } from '../../../adapters/ibmmq/ibmMqscDepths.ts';
import { OptionError } from '../../../../operators/errors.ts';
import type { DepthSource } from '../../../contracts/depthSource.ts';
import { ConfigError } from '../../config/configError.ts';
import type { ManagerSettings } from '../../config/observer/managers.ts';
import type { ObserverSettings } from '../../config/observer/observerSettings.ts';
import { withPackage } from './withPackage.ts';

/** What is asked for the depths of queues. Nothing is asked before a cycle. */
export function openDepthSources({ managers, notify }: ObserverSettings): Promise<readonly DepthSource[]> {
  const open = (settings: ManagerSettings) =>
    openSource(settings, notify.allowsSelfSigned).catch((failure: unknown) => {
      throw failure instanceof OptionError ? new ConfigError([`${settings.manager}: ${failure.message}`]) : failure;
    });
  return Promise.all(managers.map(open));
}

async function openSource(settings: ManagerSettings, allowSelfSigned: boolean): Promise<DepthSource> {
  const { kind, manager } = settings;
  if (kind === 'rabbitmq') {
    const { rabbitmqDepths } = await withPackage(
      'amqplib',
      `the depths of ${manager}`,
      () => import('../../../adapters/rabbitmq/rabbitmqDepths.ts'),
    );
    return rabbitmqDepths({ manager, url: settings.url });
  }
  const { address: url, user, password } = settings;
  const options = { manager, url, user, password, tls: { allowSelfSigned } };
  return kind === 'ibmmq' ? ibmMqDepths(options) : ibmMqscDepths(options);
}
