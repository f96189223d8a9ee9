import { concat, EMPTY, finalize, from, lastValueFrom, map, NEVER, of, throwError, type ObservableInput } from 'rxjs';
import type { Done, Inbox } from '../contracts/inbox.ts';
import { gate } from './gate.ts';
import { ensure } from './law.ts';
import { showValue } from './showValue.ts';

/** Rejects when the inbox, which is empty, breaks it. */
type Rule = (inbox: Inbox) => Promise<void>;

/** What every inbox keeps. */
export const inboxRules: Readonly<Record<string, Rule>> = {
  'Q13 does the work of a key once, and gives its answer again': async (inbox) => {
    const first = await once(inbox, 'a', () => of('first', 'the answer'));
    const second = await once(inbox, 'a', () => of('another one'));
    const other = await once(inbox, 'b', () => of('of b'));
    ensure(shown(first) === shown(answer('the answer', false)), `work was done, and it was ${shown(first)}`);
    ensure(shown(second) === shown(answer('the answer', true)), `it came again, and it was ${shown(second)}`);
    ensure(shown(other) === shown(answer('of b', false)), `another key came, and it was ${shown(other)}`);
  },

  'does nothing before it is subscribed to': async (inbox) => {
    let calls = 0;
    void inbox.once('a', () => of(String(++calls)));
    const done = await once(inbox, 'a', () => of(String(++calls)));
    ensure(shown(done) === shown(answer('1', false)), `nobody had subscribed, and then it was ${shown(done)}`);
  },

  'Q13 leaves no mark of work that failed': async (inbox) => {
    const failure = new Error('no luck');
    const failing: readonly (() => ObservableInput<string>)[] = [
      () => throwError(() => failure),
      () => Promise.reject(failure),
      () =>
        concat(
          of('half'),
          throwError(() => failure),
        ),
      () => {
        throw failure;
      },
    ];
    for (const i of failing.keys()) {
      const caught = await once(inbox, 'a', failing[i]!).catch((error: unknown) => error);
      ensure(caught === failure, `work failed, and it ended with ${showValue(caught)}`);
    }
    const done = await once(inbox, 'a', () => of('done'));
    ensure(shown(done) === shown(answer('done', false)), `it had failed, and came again, and it was ${shown(done)}`);
  },

  'Q13 does not run the work of a key twice at the same time': async (inbox) => {
    let running = 0;
    let most = 0;
    let finished = 0;
    const work = async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 20));
      running--;
      return String(++finished);
    };
    const all = await Promise.all(Array.from({ length: 8 }, () => once(inbox, 'a', work)));
    ensure(most === 1 && finished === 1, `it came 8 times at once, ${finished} were done, ${most} at the same time`);
    const fresh = all.filter(({ isKnown }) => !isKnown).length;
    ensure(fresh === 1, `it came 8 times at once, and ${fresh} say that they did it`);
    ensure(
      all.every((done) => done.answer === '1'),
      `it came 8 times at once, with the answers ${showValue(all)}`,
    );
  },

  'Q13 does not run the work of a key twice at the same time when it fails either': async (inbox) => {
    let running = 0;
    let most = 0;
    let calls = 0;
    let finished = 0;
    const work = async () => {
      most = Math.max(most, ++running);
      const isFirst = calls++ === 0;
      await new Promise((resolve) => setTimeout(resolve, 10));
      running--;
      if (isFirst) throw new Error('no luck');
      finished++;
      return 'done';
    };
    // A delivery that failed comes again, as a transport would have it.
    const deliver = async () => {
      for (;;) {
        const failed = await once(inbox, 'a', work).then(
          () => false,
          () => true,
        );
        if (!failed) return;
      }
    };
    await Promise.all(Array.from({ length: 5 }, deliver));
    ensure(most === 1, `${most} ran at the same time`);
    ensure(finished === 1, `the first one failed, and then ${finished} were done`);
  },

  'lets other keys pass while one is under way': async (inbox) => {
    const shut = gate();
    const held = once(inbox, 'a', () => from(shut.opened).pipe(map(() => 'a')));
    const other = await once(inbox, 'b', () => of('b'));
    shut.open();
    ensure(other.answer === 'b' && (await held).answer === 'a', 'two keys were under way, and got other answers');
  },

  'gives any answer back as it was': async (inbox) => {
    const answers = ['', ' ', '\u0000', '{"a":"\\n"}', "'; drop table x; --", '\u{1f600}\ud800', 'x'.repeat(50_000)];
    for (const [i, text] of answers.entries()) {
      await once(inbox, `k${i}`, () => of(text));
      const again = await once(inbox, `k${i}`, () => of('another one'));
      ensure(shown(again) === shown(answer(text, true)), `the answer ${showValue(text)} came back as ${shown(again)}`);
    }
    const none = await once(inbox, 'none', () => EMPTY);
    ensure(none.answer === '', `work had no answer, and it was ${shown(none)}`);
  },

  'takes any key of printable ASCII, and refuses others': async (inbox) => {
    for (const key of ['!', ' ', '%_\\', "a'b", 'x'.repeat(512)]) {
      const [first, second] = [await once(inbox, key, () => of('1')), await once(inbox, key, () => of('2'))];
      ensure(
        !first.isKnown && second.isKnown,
        `the key ${showValue(key)} was ${shown(first)}, and then ${shown(second)}`,
      );
    }
    for (const key of ['', 'é', 'line\nend', '\u0000', 'x'.repeat(513)]) {
      const failure = await once(inbox, key, () => of('1')).catch((error: unknown) => error);
      const code = failure instanceof Error && 'code' in failure ? failure.code : failure;
      ensure(code === 'invalid_option', `the key ${showValue(key)} was taken, or ended with ${showValue(failure)}`);
    }
  },

  'gives work up with whoever asked for it, and leaves no mark': async (inbox) => {
    const begun = gate();
    const left = gate();
    const leaving = inbox
      .once('a', () => {
        begun.open();
        return NEVER.pipe(finalize(() => left.open()));
      })
      .subscribe({ error: () => undefined });
    await begun.opened;
    leaving.unsubscribe();
    await left.opened;
    const done = await once(inbox, 'a', () => of('done'));
    ensure(
      shown(done) === shown(answer('done', false)),
      `work was given up, and it came again, and was ${shown(done)}`,
    );
  },
};

function once(inbox: Inbox, key: string, work: () => ObservableInput<string>): Promise<Done> {
  return lastValueFrom(inbox.once(key, work));
}

function answer(text: string, isKnown: boolean): Done {
  return { answer: text, isKnown };
}

function shown({ answer: text, isKnown }: Done): string {
  return `${isKnown ? 'known' : 'new'}: ${JSON.stringify(text)}`;
}
