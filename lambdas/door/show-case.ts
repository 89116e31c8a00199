import type { CaseView } from '../../lib/recovery/case-record';
import { CaseId, Instant } from '../../lib/recovery/ids';
import { RequorumError } from '../../lib/recovery/errors';
import { Report } from '../../lib/recovery/report';
import { certainAt } from './certain';
import type { Door } from './door';
import type { Reply } from './http';
import type { Request } from './routes';

/** Events in one answer; who follows asks again with `since`. */
const MOST_EVENTS = 500;

/** @throws RequorumError UnknownCase */
export const caseIdIn = (id: string): string => {
  if (CaseId.safeParse(id).success) return id;
  throw new RequorumError('UnknownCase', `"${id.slice(0, 100)}" is no case id`);
};

/** @throws RequorumError BadInput */
const sinceOf = (query: string): string => {
  const since = new URLSearchParams(query).get('since') ?? '';
  if (since === '' || Instant.safeParse(since).success) return since;
  throw new RequorumError('BadInput', `since: not an instant: ${since.slice(0, 40)}`);
};

/** What showing a case needs: the same for every door. */
export type CaseShelf = Pick<Door, 'cases' | 'evidence' | 'gates' | 'plans' | 'requests'>;

/** A case that was asked for and that the machine has not opened yet. */
const requested = async (door: CaseShelf, caseId: string): Promise<CaseView> => {
  const request = await door.requests.find(caseId);
  if (!request) throw new RequorumError('UnknownCase', `case ${caseId}`);
  const { cluster, mode, requester, at } = request;
  const opening = { caseId, cluster, mode, requester, openedAt: at, status: 'open', phase: 'open-case' } as const;
  return { case: opening, planning: null, gate: null, certain: null, events: [], report: null };
};

/**
 * A case with all that people are shown of it; tokens are not part of it.
 * @throws RequorumError UnknownCase
 */
export const viewOf = async (door: CaseShelf, caseId: string, since = ''): Promise<CaseView> => {
  const record = await door.cases.find(caseId);
  if (!record) return requested(door, caseId);
  const [planning, gates, events, report] = await Promise.all([
    door.plans.planningOf(record),
    door.gates.ofCase(caseId),
    door.cases.events(caseId, since, MOST_EVENTS),
    record.reportKey === null ? null : door.evidence.json(record.reportKey, Report),
  ]);
  const gate = gates[0]?.gate ?? null;
  const certain = await certainAt(door.evidence, record, planning, gate);
  return { case: record, planning, gate, certain, events, report };
};

/** All that is needed to follow a case, in one call. Tokens are not part of it. */
export const showCase = async (door: Door, { event, id }: Request): Promise<Reply> => ({
  status: 200,
  body: await viewOf(door, caseIdIn(id), sinceOf(event.rawQueryString)),
});
