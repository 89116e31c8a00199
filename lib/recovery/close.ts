import type { AuditEvent } from './audit';
import type { Outcome } from './case';
import type { CaseRecord } from './case-record';
import type { FenceProof } from './fence';
import type { Gate } from './gate';
import { groupsLeft, standStillSteps, standbySteps } from './groups-left';
import { nextStepsOf } from './next-steps';
import { samePerson } from './people';
import type { Planning } from './plan';
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
  readonly audit: readonly AuditEvent[];
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
    approvals: gates.flatMap(approvalsOf),
    fences: [...fences],
    leader: record.leader,
    jobsBefore: record.jobsBefore,
    jobsAfter: record.jobsAfter,
    redundancy: redundancyLeft(parts),
    groupsLeft: groupsLeft(record),
    rungs: record.rungs,
    seconds: {
      leader: record.firstLeaderAt === null ? null : secondsBetween(record.openedAt, record.firstLeaderAt),
      proof: record.provedAt === null ? null : secondsBetween(record.openedAt, record.provedAt),
      machine: tenths(total - waiting),
      waiting: tenths(waiting),
    },
    phases: phasesOf(events, waits, closedAt),
    events: [...events],
    audit: [...parts.audit],
  };
  const left = [...standStillSteps(record), ...launchedLeft(record), ...notAttached(record)];
  const aside = standbySteps(record);
  const steps = nextStepsOf(base).map((step) =>
    left.length + aside.length === 0 ? step : step.replace(/^Nothing is/, 'Nothing else is'),
  );
  return { ...base, nextSteps: [...left, ...steps, ...aside] };
}

/** A new host that is in, and not in its group: nothing replaces it when it fails. */
function notAttached({ launch, fences, provedAt }: CaseRecord): string[] {
  if (!launch?.group || provedAt === null || launch.attached === 'attached') return [];
  const id = Object.values(fences).find(({ launchedFor }) => launchedFor !== undefined)?.instanceId ?? '<instance>';
  const attach = `aws autoscaling attach-instances --auto-scaling-group-name ${launch.group} --instance-ids ${id}`;
  return [
    `${id} is no member of ${launch.group}${launch.attached ? `: ${launch.attached}` : ''}. Put it in: ${attach}`,
  ];
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

function approvalsOf({ kind, answers, requester, requesterPerson }: Gate): Report['approvals'] {
  const asker = { who: requester, person: requesterPerson };
  return answers.map((answer) => {
    const { decision, who, person, door, at, reason } = answer;
    const selfApproved = decision !== 'declined' && decision !== 'aborted' && samePerson(answer, asker) === 'same';
    return { gate: kind, decision, who, person, door, at, reason, selfApproved };
  });
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

function secondsBetween(from: string, to: string): number {
  return tenths(Math.max(0, Date.parse(to) - Date.parse(from)) / 1000);
}

function tenths(seconds: number): number {
  return Math.round(seconds * 10) / 10;
}
