import { ageText } from '../words/ageText.ts';
import type { ReceiverSource } from './receiver.ts';

/** Where the events of a receiver come from, in words. */
export function sourceText(source: ReceiverSource): string {
  switch (source.type) {
    case 'webhook':
      return `Takes what is posted to ${source.path}, and answers once every route has ${source.answer === 'settled' ? 'settled it' : 'it in line'}.`;
    case 'topic':
      return `Takes what is published to topic ${source.topic}.`;
    case 'interval':
      return `Makes an event every ${ageText(source.everyMs)}.`;
    case 'file':
      return `Takes the lines of ${source.path} as they are written.`;
  }
}
