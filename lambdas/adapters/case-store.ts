import type { AbortRequest } from '../../lib/recovery/case-record';
import { CaseRecord } from '../../lib/recovery/case-record';
import { RequorumError } from '../../lib/recovery/errors';
import type { FenceRecord } from '../../lib/recovery/fence';
import { CaseEvent } from '../../lib/recovery/report';
import type { Clock } from './clock';
import { systemClock } from './clock';
import { readItem } from './read-item';
import type { Table } from './table';
import type { When } from './table-expressions';

const keyOf = (caseId: string) => ({ pk: `CASE#${caseId}`, sk: 'CASE' });
const OPEN = { attribute: 'status', equals: 'open' } as const;
const eventKey = (caseId: string, at: string) => ({ pk: `CASE#${caseId}`, sk: `EVENT#${at}#000` });

/** Fields of a case that its own steps may change; each is set whole. */
type CaseChange = Partial<Omit<CaseRecord, 'caseId' | 'cluster' | 'openedAt' | 'fences'>>;
type NewEvent = Omit<CaseEvent, 'at' | 'severity'> & { readonly severity?: CaseEvent['severity'] };

/** Cases and what happened in them. Every change names the state it expects; null or false says that it was another. */
export const caseStore = (table: Table, clock: Clock = systemClock) => {
  const find = async (caseId: string): Promise<CaseRecord | null> =>
    readItem(CaseRecord, await table.get(keyOf(caseId)), `case ${caseId}`);

  const change = async (caseId: string, set: Record<string, unknown>, when: When): Promise<CaseRecord | null> =>
    readItem(CaseRecord, await table.update(keyOf(caseId), set, when), `case ${caseId}`);

  const eventsBetween = async (caseId: string, since: string, limit?: number, newestFirst = false) =>
    (await table.query(`CASE#${caseId}`, { from: `EVENT#${since}`, to: 'EVENT#~' }, { limit, newestFirst })).flatMap(
      (item) => readItem(CaseEvent, item, `an event of case ${caseId}`) ?? [],
    );

  return {
    find,

    /** @throws RequorumError UnknownCase */
    load: async (caseId: string): Promise<CaseRecord> => {
      const found = await find(caseId);
      if (!found) throw new RequorumError('UnknownCase', `case ${caseId}`);
      return found;
    },

    /** False when a case of that id is there already. */
    create: (record: CaseRecord): Promise<boolean> => table.put(keyOf(record.caseId), record, [[{ absent: 'status' }]]),

    /** Null when the case is closed or unknown. */
    changeOpen: (caseId: string, set: CaseChange): Promise<CaseRecord | null> => change(caseId, set, [[OPEN]]),

    /** Binds the case to the plan that a person approved; null when the case has another plan by now or is closed. */
    approve: (caseId: string, planId: string): Promise<CaseRecord | null> =>
      change(caseId, { approvedPlanId: planId }, [[OPEN, { attribute: 'planId', equals: planId }]]),

    /** Whose hosts people chose to power-cycle before the next plan, nobody where they wait; null as above. */
    postpone: (caseId: string, planId: string, powerCycle: string[]): Promise<CaseRecord | null> =>
      change(caseId, { powerCycle }, [[OPEN, { attribute: 'planId', equals: planId }]]),

    /**
     * The point of no return, marked once. Null when a person asked to abort before, or the case is closed:
     * the table decides which of the two came first.
     */
    passPointOfNoReturn: (caseId: string, counter: number, at: string): Promise<CaseRecord | null> =>
      change(caseId, { pointOfNoReturnAt: at, phase: 'release' }, [
        [
          OPEN,
          { attribute: 'counter', equals: counter },
          { absent: 'abortRequested' },
          { absent: 'pointOfNoReturnAt' },
        ],
      ]),

    /** Null past the point of no return, or when the case is closed or an abort was asked for already. */
    requestAbort: (caseId: string, request: AbortRequest): Promise<CaseRecord | null> =>
      change(caseId, { abortRequested: request }, [
        [OPEN, { absent: 'pointOfNoReturnAt' }, { absent: 'abortRequested' }],
      ]),

    /** Closes an open case; null when it is closed already. */
    close: (caseId: string, set: CaseChange): Promise<CaseRecord | null> =>
      change(caseId, { ...set, status: 'closed' }, [[OPEN]]),

    recordFence: async (caseId: string, record: FenceRecord): Promise<void> => {
      const changed = await change(caseId, { [`fences.${record.instanceId}`]: record }, [[OPEN]]);
      if (!changed) throw new RequorumError('UnknownCase', `no open case ${caseId} to keep a fence in`);
    },
    fencesOf: async (caseId: string): Promise<CaseRecord['fences']> => (await find(caseId))?.fences ?? {},

    /**
     * Appends what happened. Times within a case only grow, by at least a millisecond, so that who follows can ask
     * for what came after the last one seen, whatever the clocks of the functions say.
     */
    tell: async (caseId: string, event: NewEvent): Promise<void> => {
      for (;;) {
        const [last] = await eventsBetween(caseId, '', 1, true);
        const at = new Date(Math.max(clock.now().getTime(), last ? Date.parse(last.at) + 1 : 0)).toISOString();
        if (await table.put(eventKey(caseId, at), CaseEvent.parse({ ...event, at }), [[{ absent: 'at' }]])) return;
      }
    },

    /** What happened at `since` or later, oldest first; empty `since` = from the beginning. */
    events: (caseId: string, since = '', limit?: number): Promise<CaseEvent[]> => eventsBetween(caseId, since, limit),
  };
};
export type CaseStore = ReturnType<typeof caseStore>;
