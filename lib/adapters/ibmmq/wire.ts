import * as t from 'io-ts';

interface DepthBrand {
  readonly Depth: unique symbol;
}

/** A count of messages. */
const Depth = t.brand(
  t.number,
  (value): value is t.Branded<number, DepthBrand> => Number.isSafeInteger(value) && value >= 0,
  'Depth',
);

/** `GET /ibmmq/rest/v1/admin/qmgr/{manager}/queue?status=status.currentDepth`. Only local queues have a depth. */
export const QueueList = t.type(
  {
    queue: t.array(
      t.intersection([
        t.type({ name: t.string }),
        t.partial({
          type: t.string,
          status: t.partial({ currentDepth: Depth }),
          dynamic: t.partial({ type: t.string }),
        }),
      ]),
    ),
  },
  'QueueList',
);

/** `POST /ibmmq/rest/v3/admin/action/qmgr/{manager}/mqsc`, a command in JSON. */
export const MqscAnswer = t.type(
  {
    overallCompletionCode: t.number,
    overallReasonCode: t.number,
    commandResponse: t.array(
      t.intersection([
        t.type({ completionCode: t.number, reasonCode: t.number }),
        t.partial({
          parameters: t.intersection([t.type({ queue: t.string }), t.partial({ curdepth: Depth, deftype: t.string })]),
        }),
      ]),
    ),
  },
  'MqscAnswer',
);
