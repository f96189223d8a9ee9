import { isLeft } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { checkedHeaders } from '../../boundary/httpTarget.ts';
import type { AlertSinkSpec, SenderSpec } from '../routing/routingSpec.ts';
import { byType, decoder, secret, shape, webAddress, whole } from './codecs.ts';
import { means } from './described.ts';
import { filePath, name, topicName } from './names.ts';
import { readAs } from './readAs.ts';
import type { ConfigScope } from './sourceConfig.ts';

const DAY_MS = 86_400_000;
const GIB = 1_024 ** 3;

/** When and how often is tried again. */
export const retry = shape(
  { retries: means('Attempts after the first.', whole(0, 1_000)) },
  {
    delayMs: means('Wait before the first retry; each later one is twice as long. Default: 100.', whole(0, DAY_MS)),
    maxDelayMs: means('Longest wait. Default: 30000.', whole(0, DAY_MS)),
  },
);

const maxLength = means('Longest line, in characters; a longer one is cut. Default: 8192.', whole(80, 65_536));
const topic = shape({ topic: means('One of the topics.', topicName) }, {});
const log = shape({}, { maxLength });

/** An address that events are sent to. */
const target: t.Type<string, unknown> = decoder(webAddress.name, (input, context) => {
  const decoded = webAddress.validate(input, context);
  if (isLeft(decoded)) return decoded;
  const { username, password } = new URL(decoded.right);
  return username === '' && password === ''
    ? decoded
    : t.failure(input, context, 'must be without user and password; send those in a header');
});

const url = means('Where events are posted to.', target);
const answerMs = means('Longest wait for an answer. Default: 30000.', whole(1, DAY_MS));

/** The ends of routes, and what each needs besides. */
function ends<P extends t.Props>(scope: ConfigScope, besides: P) {
  return byType({
    http: shape({ ...besides, url }, { headers: headers(scope), timeoutMs: answerMs }),
    file: shape(
      { ...besides, path: means('Lines are added to it.', filePath(scope.folder)) },
      {
        maxBytes: means(
          'Largest file; it is renamed to .1 before it grows beyond. Default: 64 MiB.',
          whole(1_024, 1_024 * GIB),
        ),
        bufferSize: means('Most events that wait for the disk. Default: 1024.', whole(1, 1_000_000)),
      },
    ),
    topic: shape({ ...besides, topic: means('One of the topics.', topicName) }, {}),
    log: shape({ ...besides }, { maxLength }),
  });
}

/** What a route may say of its sender: the name of one, or one in place. */
export function senderReference(scope: ConfigScope): t.Type<string | SenderSpec, unknown> {
  return nameOr(ends(scope, {}));
}

/** What a route that is added over HTTP may say: addresses and files are those of the configuration. */
export const liveSenderReference: t.Type<string | SenderSpec, unknown> = nameOr(byType({ topic, log }));

/** A sender with a name. */
export function namedSender(scope: ConfigScope): t.Type<SenderSpec & { readonly name: string }, unknown> {
  return ends(scope, { name: means('What routes call it.', name) });
}

/** A sink of alerts. */
export function alertSink(scope: ConfigScope): t.Type<AlertSinkSpec, unknown> {
  return readAs<AlertSinkSpec>(
    byType({
      log: shape({}, {}),
      topic,
      webhook: shape(
        { url: means('Where alerts are posted to.', target) },
        {
          headers: headers(scope),
          timeoutMs: answerMs,
          retry: means('Default: 10 retries, from 1000 to 60000 apart.', retry),
        },
      ),
    }),
  );
}

function headers({ env }: ConfigScope): t.Type<Readonly<Record<string, string>>, unknown> {
  const record = t.record(t.string, secret(env), 'headers');
  const checked = decoder<Readonly<Record<string, string>>>('headers', (input, context) => {
    const decoded = record.validate(input, context);
    if (isLeft(decoded)) return decoded;
    try {
      checkedHeaders(decoded.right);
      return decoded;
    } catch (failure) {
      return t.failure(input, context, failure instanceof Error ? failure.message : String(failure));
    }
  });
  return means('Sent with each request; a value may be { env: NAME }.', checked);
}

/** By what it looks like, so that what is wrong with one in place is said of its parts. */
function nameOr(inPlace: t.Decoder<unknown, SenderSpec>): t.Type<string | SenderSpec, unknown> {
  return decoder<string | SenderSpec>('the name of a sender, or one in place', (input, context) => {
    if (typeof input === 'string') return name.validate(input, context);
    return typeof input === 'object' && input !== null ? inPlace.validate(input, context) : t.failure(input, context);
  });
}
