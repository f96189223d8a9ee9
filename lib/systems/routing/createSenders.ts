import { fileSender } from '../../adapters/file/fileSender.ts';
import { httpSender } from '../../adapters/http/httpSender.ts';
import { canonicalJson } from '../../boundary/canonicalJson.ts';
import type { Sender } from '../../contracts/sender.ts';
import { logSender } from '../../core/routing/logSender.ts';
import type { Topic } from '../../core/topics/topic.ts';
import type { RouteSpec, SenderSpec } from './routingSpec.ts';
import { topicSender, type TopicMessage } from './topicSender.ts';

/** What senders send with. */
export interface SenderScope {
  readonly senders: readonly (SenderSpec & { readonly name: string })[];
  /** Throws UnknownTopicError. */
  readonly topic: (name: string) => Topic<TopicMessage>;
  readonly writeLog: (line: string) => void;
}

/** Opens senders for routes. A file has one sender, whoever sends there. */
export interface Senders {
  /** The sender of a route. `via` is the same for all events of the route, and for no other route. */
  open(spec: RouteSpec['sender'], via: string): Sender;
}

/** Makes {@link Senders}. */
export function createSenders({ senders, topic, writeLog }: SenderScope): Senders {
  const files = new Map<string, Sender>();

  const fileOf = (name: string, spec: SenderSpec & { readonly type: 'file' }): Sender => {
    const key = canonicalJson(spec);
    let sender = files.get(key);
    if (!sender) files.set(key, (sender = fileSender({ ...spec, name })));
    return sender;
  };

  const open = (name: string, spec: SenderSpec, via: string): Sender => {
    switch (spec.type) {
      case 'http':
        return httpSender({ ...spec, name });
      case 'file':
        return fileOf(name, spec);
      case 'topic':
        return topicSender({ name, topic: topic(spec.topic), via });
      case 'log':
        return logSender({ ...spec, name, write: (line) => writeLog(`${via} ${line}`) });
    }
  };

  return {
    open: (spec, via) => {
      const { name = senderName(spec), ...rest } = senderOf(spec, senders);
      return open(name, rest, via);
    },
  };
}

/** What a route means by its sender: one of those that have a name, or the one that it describes. */
export function senderOf(
  sender: RouteSpec['sender'],
  senders: readonly (SenderSpec & { readonly name: string })[],
): SenderSpec & { readonly name?: string } {
  if (typeof sender !== 'string') return sender;
  const found = senders.find(({ name }) => name === sender);
  if (!found) throw new UnknownSenderError(sender, senders.map(({ name }) => name)); // prettier-ignore
  return found;
}

/** What a sender is called in lists. */
export function senderName(sender: RouteSpec['sender']): string {
  if (typeof sender === 'string') return sender;
  return sender.type === 'topic' ? `topic ${sender.topic}` : sender.type;
}

/** A route names a sender that there is not. */
export class UnknownSenderError extends Error {
  override readonly name = 'UnknownSenderError';
  readonly code = 'unknown_sender';
  readonly sender: string;

  constructor(sender: string, known: readonly string[]) {
    super(`there is no sender ${JSON.stringify(sender.slice(0, 60))}; known: ${known.join(', ') || 'none'}`);
    this.sender = sender;
  }
}
