import * as z from 'zod';
import { Instant } from '../../lib/recovery/ids';
import type { Clock } from './clock';
import { nowIso } from './clock';
import { readItem } from './read-item';
import type { Table } from './table';

/** What Slack was told of a case: one message, and what it shows. */
const Talk = z.object({
  ts: z.string().nullable().default(null),
  /** Of the message as it stands there: the same is not sent again. */
  shown: z.string().nullable().default(null),
  /** Since when Slack does not take it. */
  downSince: Instant.nullable().default(null),
  /** Somebody is at it until then. */
  busyUntil: Instant.nullable().default(null),
});
export type Talk = z.infer<typeof Talk>;

/** Longer than anybody is at it; after that whoever was is taken for dead. */
const BUSY_SECONDS = 30;

/*
 * Not in the partition of the case: the stream tells of every change there, and would tell of its own telling for ever.
 */
const keyOf = (caseId: string) => ({ pk: `SLACK#${caseId}`, sk: 'MESSAGE' });

/** One message a case, and one at a time who changes it: of two the later one reads the case anew. */
export const talkStore = (table: Table, clock: Clock) => {
  const find = async (caseId: string): Promise<Talk | null> =>
    readItem(Talk, await table.get(keyOf(caseId)), `the message of case ${caseId}`);

  return {
    find,

    /** Null while somebody else is at it. */
    take: async (caseId: string): Promise<Talk | null> => {
      const before = (await find(caseId))?.busyUntil ?? null;
      const now = clock.now().getTime();
      if (before !== null && Date.parse(before) > now) return null;
      const busyUntil = new Date(now + BUSY_SECONDS * 1000).toISOString();
      const dead = before === null ? [] : [[{ attribute: 'busyUntil', equals: before }] as const];
      const item = await table.update(keyOf(caseId), { busyUntil }, [[{ absent: 'busyUntil' }], ...dead]);
      return readItem(Talk, item, `the message of case ${caseId}`);
    },

    /** Nothing when it was taken for dead meanwhile. */
    putBack: async (caseId: string, { busyUntil, ...talk }: Talk): Promise<void> => {
      const ours = { attribute: 'busyUntil', equals: busyUntil ?? '' };
      await table.update(keyOf(caseId), { ...talk, busyUntil: null }, [[ours]]);
    },

    /** True for the first who comes with it: a request that was recorded and sent again counts once. */
    isFirst: (digest: string): Promise<boolean> =>
      table.put({ pk: `SLACK#REQUEST#${digest}`, sk: 'REQUEST' }, { at: nowIso(clock) }, [[{ absent: 'at' }]]),
  };
};
