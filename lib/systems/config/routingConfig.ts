import * as t from 'io-ts';
import { byType, decoder, oneOf, secret, shape, whole } from './codecs.ts';
import { means } from './described.ts';
import { filePath, name, topicName } from './names.ts';
import { routeConfig } from './routeConfig.ts';
import { alertSink, namedSender } from './senderConfig.ts';
import type { ConfigScope } from './sourceConfig.ts';

const DAY_MS = 86_400_000;
const MILLION = 1_000_000;

const tenantConfig = shape(
  { name: means('What it is called.', name) },
  {
    budget: means('Most events that all its receivers have waiting. Default: no limit.', whole(1, 100 * MILLION)),
    perSecond: means('Most events a second. Default: no limit.', whole(1, MILLION)),
    burst: means('How many may come at once. Default: those of one second.', whole(1, MILLION)),
    maxDelayMs: means('Longest time an event beyond that is held back. Default: 1000.', whole(0, DAY_MS)),
    maxWaiting: means('Most events that are held back. Default: 1024.', whole(0, MILLION)),
  },
);

/** The keys of a configuration file that say what is routed. */
export function routingConfig(scope: ConfigScope) {
  return {
    receivers: means(
      'Where events come in; see [Routing](routing.md).',
      bounded(receiverConfig(scope), 200, 'a list of at most 200 receivers'),
    ),
    senders: means('Where events go, by name.', bounded(namedSender(scope), 1_000, 'a list of at most 1000 senders')),
    topics: means(
      'Names of topics of this process.',
      bounded(topicName, 1_000, 'a list of at most 1000 names of topics'),
    ),
    tenants: means(
      'What each tenant may do, over all receivers.',
      bounded(tenantConfig, 1_000, 'a list of at most 1000 tenants'),
    ),
    alertSinks: means(
      'Who is told of congestion.',
      bounded(alertSink(scope), 20, 'a list of at most 20 sinks of alerts'),
    ),
    adminToken: means(
      'What whoever watches or changes routes must send. Default: nothing, on loopback only.',
      secret(scope.env),
    ),
    drainMs: means('How long routes may settle what they hold at the end. Default: 10000.', whole(0, 600_000)),
  };
}

/** The kinds of receivers there are, and what each needs. */
function receiverConfig(scope: ConfigScope) {
  const routes = bounded(routeConfig(scope), 100, 'a list of at most 100 routes');
  const required = {
    name: means('What it is called.', receiverName),
    routes: means('Where its events go.', routes),
  };
  const terms = {
    budget: means('Most events that all routes have waiting together. Default: no limit.', whole(1, 100 * MILLION)),
    guaranteed: means(
      'Events that each route may have waiting whatever the others do. Default: 16.',
      whole(0, MILLION),
    ),
    ackTimeoutMs: means('When an event that is not settled is given up. Default: 30000.', whole(1, DAY_MS)),
  };
  const whose = 'Whose events it takes. Default: those of the tenant default.';
  const tenants = means(whose, bounded(name, 1_000, 'a list of at most 1000 tenants', 1));
  const tenant = means(whose, bounded(name, 1, 'a list of one tenant', 1));

  return byType({
    webhook: shape(required, {
      ...terms,
      tenants,
      path: means('Default: /hooks/ and its name.', hookPath),
      token: means('What a caller must send as bearer token. Default: nothing.', secret(scope.env)),
      tenantHeader: means('The header that names the tenant; needed where there are several.', headerName),
      answer: means('When a request is answered. Default: taken.', oneOf(['taken', 'settled'])),
    }),
    topic: shape({ ...required, topic: means('One of the topics.', topicName) }, { ...terms, tenants }),
    interval: shape(
      { ...required, everyMs: means('Time between two events.', whole(1, DAY_MS)) },
      { ...terms, tenants: tenant, payload: means('What an event is. Default: { tick }.', t.unknown) },
    ),
    file: shape(
      { ...required, path: means('Each of its lines is an event.', filePath(scope.folder)) },
      {
        ...terms,
        tenants: tenant,
        from: means('Where to begin in a file that is there. Default: end.', oneOf(['start', 'end'])),
        format: means('What a line is. Default: json.', oneOf(['json', 'text'])),
        pollMs: means('How often the file is looked at. Default: 1000.', whole(1, DAY_MS)),
        maxLineBytes: means('Longest line. Default: 65536.', whole(1, 16 * MILLION)),
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
  return decoder<t.TypeOf<C>[]>(
    listName,
    (input, context) =>
      Array.isArray(input) && (input.length > max || input.length < min)
        ? t.failure(input, context, `must be ${listName}, not one of ${input.length}`)
        : list.validate(input, context),
    { kind: 'list', each: codec },
  );
}
