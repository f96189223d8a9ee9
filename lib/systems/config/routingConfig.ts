import * as t from 'io-ts';
import { byType, decoder, oneOf, secret, shape, whole } from './codecs.ts';
import { filePath, name, topicName } from './names.ts';
import { routeConfig } from './routeConfig.ts';
import { alertSink, namedSender } from './senderConfig.ts';
import type { ConfigScope } from './sourceConfig.ts';

const DAY_MS = 86_400_000;
const MILLION = 1_000_000;

/** The keys of a configuration file that say what is routed. */
export function routingConfig(scope: ConfigScope) {
  return {
    receivers: bounded(receiverConfig(scope), 200, 'a list of at most 200 receivers'),
    senders: bounded(namedSender(scope), 1_000, 'a list of at most 1000 senders'),
    topics: bounded(topicName, 1_000, 'a list of at most 1000 names of topics'),
    tenants: bounded(
      shape(
        { name },
        {
          budget: whole(1, 100 * MILLION),
          perSecond: whole(1, MILLION),
          burst: whole(1, MILLION),
          maxDelayMs: whole(0, DAY_MS),
          maxWaiting: whole(0, MILLION),
        },
      ),
      1_000,
      'a list of at most 1000 tenants',
    ),
    alertSinks: bounded(alertSink(scope), 20, 'a list of at most 20 sinks of alerts'),
    adminToken: secret(scope.env),
    drainMs: whole(0, 600_000),
  };
}

/** The kinds of receivers there are, and what each needs. */
function receiverConfig(scope: ConfigScope) {
  const required = { name: receiverName, routes: bounded(routeConfig(scope), 100, 'a list of at most 100 routes') };
  const terms = {
    budget: whole(1, 100 * MILLION),
    guaranteed: whole(0, MILLION),
    ackTimeoutMs: whole(1, DAY_MS),
  };
  const tenants = bounded(name, 1_000, 'a list of at most 1000 tenants', 1);
  const tenant = bounded(name, 1, 'a list of one tenant', 1);

  return byType({
    webhook: shape(required, {
      ...terms,
      tenants,
      path: hookPath,
      token: secret(scope.env),
      tenantHeader: headerName,
      answer: oneOf(['taken', 'settled']),
    }),
    topic: shape({ ...required, topic: topicName }, { ...terms, tenants }),
    interval: shape({ ...required, everyMs: whole(1, DAY_MS) }, { ...terms, tenants: tenant, payload: t.unknown }),
    file: shape(
      { ...required, path: filePath(scope.folder) },
      {
        ...terms,
        tenants: tenant,
        from: oneOf(['start', 'end']),
        format: oneOf(['json', 'text']),
        pollMs: whole(1, DAY_MS),
        maxLineBytes: whole(1, 16 * MILLION),
      },
    ),
  });
}

/** `metrics` is a path of the API already. */
const receiverName: t.Type<string, unknown> = decoder(name.name, (input, context) =>
  input === 'metrics'
    ? t.failure(input, context, 'must not be "metrics", which is a path of the API')
    : name.validate(input, context),
);

const hookPath: t.Type<string, unknown> = decoder('a path below /hooks/', (input, context) =>
  typeof input === 'string' && /^\/hooks(?:\/(?!\.{1,2}(?:\/|$))[\w.~-]{1,100}){1,10}$/.test(input)
    ? t.success(input)
    : t.failure(input, context, 'must be a path below /hooks/ of letters, digits and "_.~-", such as /hooks/orders'),
);

const headerName: t.Type<string, unknown> = decoder('the name of a header', (input, context) =>
  typeof input === 'string' && /^[A-Za-z0-9-]{1,64}$/.test(input) ? t.success(input) : t.failure(input, context),
);

function bounded<C extends t.Mixed>(codec: C, max: number, listName: string, min = 0): t.Type<t.TypeOf<C>[], unknown> {
  const list = t.array(codec, listName);
  return decoder<t.TypeOf<C>[]>(listName, (input, context) =>
    Array.isArray(input) && (input.length > max || input.length < min)
      ? t.failure(input, context, `must be ${listName}, not one of ${input.length}`)
      : list.validate(input, context),
  );
}
