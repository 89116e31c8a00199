import type { Outcome } from '../../lib/recovery/case';
import type { Gate } from '../../lib/recovery/gate';
import type { Planning } from '../../lib/recovery/plan';
import type { CaseEvent, Report } from '../../lib/recovery/report';

/* What the door answers about a case of the cluster `demo`, look by look, as the CLI sees it. */

export interface RecordedView {
  readonly case: {
    readonly caseId: string;
    readonly mode: string;
    readonly cluster?: string;
    readonly status?: string;
    readonly outcome?: Outcome;
  };
  readonly planning: Planning | null;
  readonly gate: Gate | null;
  readonly events: readonly CaseEvent[];
  readonly report: Report | null;
}

/** What follows a gate; its views may end in another gate, and `then` follows that one. */
export interface Answered {
  readonly whenApproved: readonly RecordedView[];
  readonly whenDeclined: readonly RecordedView[];
  readonly then?: Answered;
}
export interface RecordedCase extends Answered {
  readonly caseId: string;
  readonly cluster: string;
  readonly views: readonly RecordedView[];
}

const OPENED = Date.parse('2026-03-01T04:10:00.000Z');
/** An instant, in seconds after the case was opened. */
export const at = (seconds: number): string => new Date(OPENED + seconds * 1000).toISOString();

export const CASE_ID = 'demo-20260301T041000-7f3a2b';
export const GRACE = 'arn:aws:iam::123456789012:user/grace';

export const event = (
  after: number,
  phase: string,
  says: string,
  severity: CaseEvent['severity'] = 'info',
): CaseEvent => ({ at: at(after), phase, says, severity });

/** The two events of a gate, as the door tells them. */
export const waiting = (after: number) =>
  event(after, 'approve-plan', `waiting for an answer until ${at(after + 1800)}`, 'warning');
export const approved = (after: number) => event(after, 'approve-plan', `approved by ${GRACE}`);

type Planned = Extract<Planning, { kind: 'planned' }>;

export const gateOf = ({ planId, plan }: Planned, rest: Partial<Gate> = {}): Gate => ({
  gateId: 'Zk3vJq0cQm6Yd1rT8wXs2A',
  kind: 'approve-plan',
  caseId: CASE_ID,
  cluster: 'demo',
  planId,
  openedAt: at(7),
  expiresAt: at(1807),
  countAsLost: plan.countAsLost,
  choices: [],
  waitMinutes: 2,
  danger: false,
  ...{ soloOverride: false, approvers: [], approvals: 1, selfApproval: true },
  requester: GRACE,
  requesterPerson: null,
  status: 'open',
  answers: [],
  ...rest,
});

export const reportOf = (outcome: Outcome, planning: Planning | null, rest: Partial<Report> = {}): Report => ({
  version: 1,
  caseId: CASE_ID,
  cluster: 'demo',
  mode: 'recover',
  openedBy: 'cli',
  requester: GRACE,
  openedAt: at(0),
  closedAt: at(132),
  outcome,
  problem: null,
  planning,
  planId: planning?.kind === 'planned' ? planning.planId : null,
  approvals: [],
  fences: [],
  leader: null,
  jobsBefore: null,
  jobsAfter: null,
  redundancy: null,
  groupsLeft: [],
  rungs: [],
  seconds: { leader: null, proof: null, machine: 9, waiting: 12 },
  phases: [],
  events: [],
  audit: [],
  nextSteps: [],
  ...rest,
});

/** One look at the case; closed as soon as it has an outcome. */
export const view = (rest: Partial<RecordedView>, outcome?: Outcome): RecordedView => ({
  case: {
    caseId: CASE_ID,
    mode: 'recover',
    cluster: 'demo',
    status: outcome === undefined ? 'open' : 'closed',
    ...(outcome === undefined ? {} : { outcome }),
  },
  planning: null,
  gate: null,
  events: [],
  report: null,
  ...rest,
});

/** The last look at a case, with its report. */
export const closed = (report: Report, rest: Partial<RecordedView> = {}): RecordedView =>
  view({ planning: report.planning, report, ...rest }, report.outcome);

export const recorded = (rest: Partial<RecordedCase>): RecordedCase => ({
  caseId: CASE_ID,
  cluster: 'demo',
  views: [],
  whenApproved: [],
  whenDeclined: [],
  ...rest,
});
