import * as z from 'zod';
import { OUTCOMES } from '../../lib/recovery/case';
import type { Outcome } from '../../lib/recovery/case';
import type { CaseRecord } from '../../lib/recovery/case-record';
import { buildReport } from '../../lib/recovery/close';
import { coolDownAfter } from '../../lib/recovery/control';
import { FenceProof } from '../../lib/recovery/fence';
import type { CaseEvent, Report } from '../../lib/recovery/report';
import { endNotice, linkTo } from '../../lib/notices/case-notices';
import { reportMarkdown } from '../../lib/recovery/report-markdown';
import { nowIso } from '../adapters/clock';
import { keys } from '../adapters/evidence';
import { notify } from '../adapters/notify';
import type { Clerk } from './clerk';
import { keepExclusions } from './keep-exclusions';
import { markReplaced } from './mark-replaced';
import { problemOf } from './problem';

export interface Ending {
  readonly outcome: Outcome;
  readonly says: string;
  /** What a Catch of the machine handed over, if one did. */
  readonly error: unknown;
}

const SEVERITY = { well: 'info', stopped: 'warning', failed: 'danger' } as const satisfies Record<
  (typeof OUTCOMES)[Outcome]['class'],
  CaseEvent['severity']
>;

/** A gate that nobody answered before its case closed: silence was taken for no. */
const expireGates = async ({ audits, clock, gates }: Clerk, caseId: string) => {
  for (const stored of await gates.ofCase(caseId)) {
    const { gateId, cluster, planId, status, expiresAt } = stored.gate;
    if (status !== 'open' || !(await gates.settle(stored, { ...stored.gate, status: 'expired' }))) continue;
    const what = { event: 'expired' as const, code: null, says: `nobody answered until ${expiresAt}: silence is no` };
    const by = { door: 'machine' as const, who: 'the machine', person: null };
    await audits.tell({ ...by, ...what, at: nowIso(clock), cluster, caseId, gateId, planId });
  }
  return (await gates.ofCase(caseId)).map(({ gate }) => gate).reverse();
};

/** Said once, however often closing is tried. */
const tellEnding = async ({ cases }: Clerk, caseId: string, { outcome, says }: Ending): Promise<CaseEvent[]> => {
  const ending = `${outcome}: ${OUTCOMES[outcome].means}${says === '' ? '' : `; ${says}`}`;
  const told = await cases.events(caseId);
  if (told.at(-1)?.says === ending) return told;
  await cases.tell(caseId, { phase: 'close-case', says: ending, severity: SEVERITY[OUTCOMES[outcome].class] });
  return cases.events(caseId);
};

const writeReport = async (clerk: Clerk, record: CaseRecord, ending: Ending): Promise<Report> => {
  const { caseId, cluster } = record;
  const { outcome } = ending;
  const gates = await expireGates(clerk, caseId);
  const planning = await clerk.plans.planningOf(record);
  const fences = (await clerk.evidence.json(keys.fences(caseId), z.array(FenceProof))) ?? [];
  const events = await tellEnding(clerk, caseId, ending);
  const closedAt = events.at(-1)?.at ?? nowIso(clerk.clock);
  const problem = problemOf(record, planning, ending);
  const audit = await clerk.audits.ofCase(caseId);
  const size = clerk.clusters.find(({ name }) => name === cluster)?.size ?? null;
  const report = buildReport({ record, outcome, closedAt, problem, planning, size, gates, fences, events, audit });
  await clerk.evidence.putJson(keys.report(cluster, caseId, 'json'), report);
  await clerk.evidence.putText(keys.report(cluster, caseId, 'md'), reportMarkdown(report), 'text/markdown');
  return report;
};

/** A run that never got the lease changed nothing and has nothing to say, unless its input was wrong. */
const concernsPeople = (record: CaseRecord, { outcome }: Ending): boolean =>
  record.counter !== null || outcome === 'bad-request';

const coolDown = async ({ controls, clusters }: Clerk, record: CaseRecord, closedAt: string): Promise<void> => {
  const cluster = clusters.find(({ name }) => name === record.cluster);
  const left = cluster && coolDownAfter(record, cluster, closedAt);
  if (left) await controls.set(record.cluster, { coolDown: left });
};

/**
 * Closes an open case: report first, then people, then the record, then the lease. Whatever breaks in between, the next
 * try does it again; told twice is better than never.
 */
export const closeRecord = async (clerk: Clerk, record: CaseRecord, ending: Ending): Promise<CaseRecord> => {
  const report = await writeReport(clerk, record, ending);
  if (concernsPeople(record, ending)) {
    await notify(clerk.topic, endNotice(report, linkTo(clerk.page, record.caseId)));
  }
  await coolDown(clerk, record, report.closedAt);
  await keepExclusions(clerk, record, { outcome: ending.outcome, closedAt: report.closedAt });
  await markReplaced(clerk, record, ending.outcome);
  const { outcome, says } = ending;
  const reportKey = keys.report(record.cluster, record.caseId, 'json');
  const set = { outcome, says, closedAt: report.closedAt, reportKey, phase: 'close-case' };
  return (await clerk.cases.close(record.caseId, set)) ?? clerk.cases.load(record.caseId);
};
