import type { Outcome } from './case';
import type { CaseRecord } from './case-record';
import type { FenceProof } from './fence';
import type { Gate } from './gate';
import { runningAfter } from './expected';
import type { Plan, Planning } from './plan';
import { redundancyAfter, type Redundancy } from './redundancy';
import type { CaseEvent, Report } from './report';

/** Everything a report is made of. */
export interface ReportParts {
  readonly record: CaseRecord;
  readonly outcome: Outcome;
  readonly closedAt: string;
  readonly problem: Report['problem'];
  readonly planning: Planning | null;
  /** Servers of the cluster at full strength; null where no cluster was named. */
  readonly size: number | null;
  readonly gates: readonly Gate[];
  readonly fences: readonly FenceProof[];
  readonly events: readonly CaseEvent[];
}

/** The report of a case, in every ending. People's time and the machine's are told apart. */
export function buildReport(parts: ReportParts): Report {
  const { record, outcome, closedAt, problem, planning, gates, fences, events } = parts;
  const waits = gates.map((gate) => waitOf(gate, closedAt));
  const total = secondsBetween(record.openedAt, closedAt);
  const waiting = waits.reduce((sum, { from, to }) => sum + secondsBetween(from, to), 0);
  const base = {
    version: 1 as const,
    caseId: record.caseId,
    cluster: record.cluster,
    mode: record.mode,
    openedBy: record.openedBy,
    requester: record.requester,
    openedAt: record.openedAt,
    closedAt,
    outcome,
    problem,
    planning,
    planId: record.planId,
    approvals: gates.flatMap((gate) => approvalsOf(gate, record.requester)),
    fences: [...fences],
    leader: record.leader,
    jobsBefore: record.jobsBefore,
    jobsAfter: record.jobsAfter,
    redundancy: redundancyLeft(parts),
    rungs: record.rungs,
    seconds: {
      leader: record.firstLeaderAt === null ? null : secondsBetween(record.openedAt, record.firstLeaderAt),
      proof: record.provedAt === null ? null : secondsBetween(record.openedAt, record.provedAt),
      machine: tenths(total - waiting),
      waiting: tenths(waiting),
    },
    phases: phasesOf(events, waits, closedAt),
    events: [...events],
  };
  const left = launchedLeft(record);
  const steps = nextStepsOf(base).map((step) =>
    left.length === 0 ? step : step.replace(/^Nothing is/, 'Nothing else is'),
  );
  return { ...base, nextSteps: [...left, ...steps] };
}

/** A host that this case launched and did not let in. It is never terminated here (design rule 13), so a person is told how. */
function launchedLeft({ fences, pointOfNoReturnAt }: CaseRecord): string[] {
  if (pointOfNoReturnAt !== null) return [];
  return Object.values(fences)
    .filter(({ launchedFor, kept }) => launchedFor !== undefined && !kept)
    .map(
      ({ instanceId, launchedFor = '' }) =>
        `${instanceId} was launched in place of ${launchedFor} and did not join: it is stopped, in quarantine, new and empty. End it: aws ec2 terminate-instances --instance-ids ${instanceId}`,
    );
}

/** What a plan leaves behind is known only where it was proved; a case that changed nothing left what it saw. */
function redundancyLeft({ outcome, planning, size }: ReportParts): Redundancy | null {
  if (planning === null || size === null) return null;
  if (planning.kind === 'planned' && outcome === 'recovered') {
    return redundancyAfter(planning.plan, planning.briefing, size);
  }
  return outcome === 'nothing-to-do' ? planning.briefing.redundancy : null;
}

type Wait = Report['phases'][number];

/** From the question to its answer; an expired gate waited to its end. */
function waitOf(gate: Gate, closedAt: string): Wait {
  const last = gate.answers[gate.answers.length - 1]?.at;
  const to = last ?? (gate.expiresAt < closedAt ? gate.expiresAt : closedAt);
  return { phase: gate.kind, from: gate.openedAt, to, kind: 'waiting' };
}

function approvalsOf(gate: Gate, requester: string): Report['approvals'] {
  return gate.answers.map(({ decision, who, at, reason }) => ({
    gate: gate.kind,
    decision,
    who,
    at,
    reason,
    selfApproved: decision !== 'declined' && who === requester,
  }));
}

/**
 * Each phase from its first event to the first event of the next one; the gates' times come from the gates. What follows
 * a gate begins with its answer, although the first word of it comes when it has looked.
 */
function phasesOf(events: readonly CaseEvent[], waits: readonly Wait[], closedAt: string): Report['phases'] {
  const gates = new Set<string>(waits.map(({ phase }) => phase));
  const starts = events.filter(({ phase }, at) => events.findIndex((other) => other.phase === phase) === at);
  const machine = starts
    .map(({ phase, at }, n): Wait => ({ phase, from: at, to: starts[n + 1]?.at ?? closedAt, kind: 'machine' }))
    .filter(({ phase }) => !gates.has(phase));
  const all = [...machine, ...waits].sort((a, b) => (a.from < b.from ? -1 : 1));
  return all.map((phase, n) => {
    const before = all[n - 1];
    return before?.kind === 'waiting' && phase.kind === 'machine' ? { ...phase, from: before.to } : phase;
  });
}

/** What a person has to do now, in order. */
export function nextStepsOf(report: Pick<Report, 'outcome' | 'planning' | 'cluster' | 'caseId' | 'problem'>): string[] {
  const { outcome, planning, cluster, caseId, problem } = report;
  const plan = planning?.kind === 'planned' ? planning.plan : null;
  switch (outcome) {
    case 'recovered':
      return [
        ...(plan ? redundancyStep(plan) : []),
        ...(plan?.excluded ?? []).flatMap(({ id, instanceId, fence }) =>
          fence.kind === 'gone'
            ? []
            : [`${id} (${instanceId ?? 'no instance'}) stays fenced: do not start it with its old data.`],
        ),
        ...(planning?.briefing.findings ?? []).flatMap(({ code, nextStep }) =>
          code === 'join-list-of-dead-servers' ? [nextStep] : [],
        ),
      ];
    case 'planned':
      return [`Recover by this plan's rules: requorum recover --cluster ${cluster}`];
    case 'nothing-to-do':
      return [];
    case 'tidied':
      return [`Open a new case when you are ready: requorum recover --cluster ${cluster}`];
    case 'refused':
      return (planning?.briefing.findings ?? []).map(({ nextStep }) => nextStep).filter((step) => step !== '');
    case 'declined':
    case 'expired':
    case 'aborted':
    case 'drifted':
    case 'blocked':
      return [
        `Nothing is left changed. Open a new case to see the cluster as it is now: requorum recover --cluster ${cluster}`,
      ];
    case 'already-running':
      return [`Follow the case that runs: requorum watch --cluster ${cluster}`];
    case 'disabled':
      return [`To let it act again: requorum enable --cluster ${cluster}`];
    case 'cooling-down':
      return [`Read the report of the last case; then: requorum acknowledge --cluster ${cluster}`];
    case 'bad-request':
      return [problem?.nextStep ?? 'Correct the input.'];
    case 'failed':
      return [
        `Everything was put back. Read the log of the functions under ${caseId}, then: requorum recover --cluster ${cluster}`,
      ];
    case 'undo-failed':
      return [
        `Log on to the hosts named and follow <data-dir>/raft.held-${caseId}/README; the case is tried again by the janitor.`,
      ];
    case 'no-leader':
    case 'not-proved':
    case 'interrupted-after-release':
      return [
        `Look now: requorum verify --cluster ${cluster}`,
        `The backups of this case lie in <data-dir>/.requorum/${caseId}/backup. Restore all survivors or none.`,
        'Do not start a fenced host.',
      ];
  }
}

/** A cluster that is back is not yet at full strength; nothing to say where every voter runs. */
function redundancyStep(plan: Plan): string[] {
  const running = runningAfter(plan).length;
  const before = plan.membership.length;
  if (running >= before) return [];
  const retired = plan.removals.flatMap(({ id, by }) => (by === 'leave' ? [id] : []));
  const gone = retired.map((id) => `${id} is out for good; its data-dir is held, and its host may go.`);
  const add = 'Add servers with an empty data-dir, one at a time.';
  return [`Restore redundancy: ${running} of ${before} servers run. ${add}`, ...gone];
}

function secondsBetween(from: string, to: string): number {
  return tenths(Math.max(0, Date.parse(to) - Date.parse(from)) / 1000);
}

function tenths(seconds: number): number {
  return Math.round(seconds * 10) / 10;
}
