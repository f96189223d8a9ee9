import { map } from 'rxjs';
import type { FetchOptions } from '../../boundary/fetchText.ts';
import type { DepthSource } from '../../contracts/depthSource.ts';
import { RefusedError } from '../../contracts/failure.ts';
import { askManager } from './askManager.ts';
import { isOfApplications } from './isOfApplications.ts';
import { managerFetch } from './managerFetch.ts';
import { managerHeaders, managerUrl, type IbmMqOptions } from './managerOptions.ts';
import { MqscAnswer } from './wire.ts';

const PATH = '/ibmmq/rest/v3/admin/action/qmgr/{manager}/mqsc';
const COMMAND = {
  type: 'runCommandJSON',
  command: 'display',
  qualifier: 'qlocal',
  name: '*',
  responseParameters: ['curdepth', 'deftype'],
};
/** There is no queue. */
const NO_OBJECT = 2085;

/**
 * As `ibmMqDepths`, for servers whose REST API has no version 1: by one MQSC command through version 3.
 *
 * @example
 * const source = ibmMqscDepths({ manager: 'QM1', url: 'https://mq.example:9443', user: 'mqadmin', password });
 */
export function ibmMqscDepths(options: IbmMqOptions): DepthSource {
  const { manager, tls = {}, timeoutMs = 30_000, maxBytes } = options;
  const url = managerUrl(options, PATH);
  const send = managerFetch(tls);
  const fetch: NonNullable<FetchOptions['fetch']> = (to, init) =>
    send(to, { ...init, method: 'POST', body: JSON.stringify(COMMAND) });
  const headers = { ...managerHeaders(options), 'content-type': 'application/json' };

  return {
    manager,
    depths: () =>
      askManager(url, MqscAnswer, { headers, timeoutMs, maxBytes, fetch }).pipe(
        map(({ overallCompletionCode: code, overallReasonCode: reason, commandResponse: responses }) => {
          const failed = responses.filter(({ reasonCode }) => reasonCode !== 0 && reasonCode !== NO_OBJECT);
          if (failed.length > 0 || (code !== 0 && responses.length === 0))
            throw new RefusedError(url.origin + url.pathname, `MQSC reason ${failed[0]?.reasonCode ?? reason}`);
          const queues = responses
            .flatMap(({ parameters }) => (parameters ? [parameters] : []))
            .map(({ queue: name, curdepth: depth = 0, deftype: definition = '' }) => {
              return { name, type: 'local', definition, depth };
            });
          return new Map(queues.filter(isOfApplications).map(({ name, depth }) => [name, depth]));
        }),
      ),
  };
}
