import * as t from 'io-ts';

/** An operation as an API tells it. */
export const ToldOperation = t.intersection(
  [
    t.type({
      id: t.string,
      command: t.string,
      state: t.union([t.literal('accepted'), t.literal('succeeded'), t.literal('failed'), t.literal('expired')]),
      createTime: t.string,
    }),
    t.partial({ endTime: t.string, error: t.type({ code: t.string, message: t.string }) }),
  ],
  'an operation',
);
export type ToldOperation = t.TypeOf<typeof ToldOperation>;
