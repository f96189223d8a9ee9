import { map } from 'rxjs';
import type { DepthSource } from '../../contracts/depthSource.ts';
import { askManager } from './askManager.ts';
import { isOfApplications } from './isOfApplications.ts';
import { managerFetch } from './managerFetch.ts';
import { managerHeaders, managerUrl, type IbmMqOptions } from './managerOptions.ts';
import { QueueList } from './wire.ts';

const PATH = '/ibmmq/rest/v1/admin/qmgr/{manager}/queue?status=status.currentDepth';

/**
 * The depths of all queues of an IBM MQ queue manager, by one call of its REST API, version 1. Of the queues there are those
 * of applications that have messages: no system queues, no dynamic and no model ones.
 *
 * @example
 * const source = ibmMqDepths({ manager: 'QM1', url: 'https://mq.example:9443', user: 'mqreader', password });
 */
export function ibmMqDepths(options: IbmMqOptions): DepthSource {
  const { manager, tls = {}, timeoutMs = 30_000, maxBytes } = options;
  const url = managerUrl(options, PATH);
  const request = { headers: managerHeaders(options), timeoutMs, maxBytes, fetch: managerFetch(tls) };

  return {
    manager,
    depths: () =>
      askManager(url, QueueList, request).pipe(
        map(
          ({ queue: queues }) =>
            new Map(
              queues
                .map(({ name, type = '', status, dynamic }) => {
                  return { name, type, definition: dynamic?.type ?? '', depth: status?.currentDepth ?? 0 };
                })
                .filter(isOfApplications)
                .map(({ name, depth }) => [name, depth]),
            ),
        ),
      ),
  };
}
