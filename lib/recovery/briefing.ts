import { compareLogs } from './log-order';
import type { Briefing, Excluded, Finding, Plan } from './plan';
import type { ServerView } from './servers';
import type { LogFacts, Survey } from './survey';

/** A difference of clocks worth saying; commands are timed in the host's own clock, so it forbids nothing (rule 10). */
const SKEW_SECONDS = 30;

/** What may be lost, in sentences (design rules 8 and 16). */
export function lossOf(plan: Plan, survivors: readonly ServerView[]): string[] {
  const lost = plan.excluded.map(({ id }) => id).join(', ');
  const jobs = survivors.reduce((sum, { facts }) => sum + (facts?.runningJobs ?? 0), 0);
  return [
    ...onlyOnFreshest(survivors),
    `What only ${lost} had is gone. Entries that were never confirmed will be confirmed.`,
    ...(jobs > 0 ? [`${jobs} running jobs are killed when the survivors are held.`] : []),
    'Executions due during the outage are not replayed.',
    tolerance(plan.survivors.length),
  ];
}

function onlyOnFreshest(survivors: readonly ServerView[]): string[] {
  const logs = survivors
    .flatMap(({ id, facts }) => (facts?.log ? [{ id, log: facts.log }] : []))
    .sort((a, b) => compareLogs(b.log, a.log));
  const [freshest, ...others] = logs;
  const second = others[0];
  if (!freshest || !second) return [];
  const ahead = entriesAhead(freshest.log, second.log);
  if (ahead === 0) return [`The logs of ${logs.map(({ id }) => id).join(' and ')} are equal.`];
  const entries = ahead === 1 ? '1 entry exists' : `${ahead} entries exist`;
  return [`${entries} only on ${freshest.id}; kept: the freshest log leads.`];
}

function entriesAhead(a: LogFacts, b: LogFacts): number {
  return Math.max(0, a.lastIndex - b.lastIndex);
}

function tolerance(survivors: number): string {
  const failures = Math.floor((survivors - 1) / 2);
  if (failures > 0)
    return `The recovered cluster of ${survivors} tolerates ${failures} failure${failures > 1 ? 's' : ''}.`;
  return `The recovered cluster of ${survivors} tolerates no failure until servers are added.`;
}

/** The steps as a person reads them; `point-of-no-return` is the line between them. */
export function stepsOf(plan: Plan): Briefing['steps'] {
  const ids = plan.survivors.map(({ id }) => id).join(', ');
  const fenced = plan.excluded.filter(({ fence }) => fence.kind !== 'gone');
  return [
    { phase: 'look-again', says: 'Look again; stop if anything changed' },
    ...(fenced.length > 0 ? [{ phase: 'secure', says: `Fence ${fenced.map(fenceText).join(', ')}` }] : []),
    { phase: 'secure', says: `Hold ${ids}: stop Dkron, prove it, back up, stage the same peers.json, read it back` },
    { phase: 'check', says: 'Check fences, hashes, strangers, leaders and final log positions' },
    { phase: 'approve-restart', says: 'Ask again if anything differs from what was approved' },
    { phase: 'point-of-no-return', says: 'from here only forward' },
    { phase: 'release', says: `Release ${ids}` },
    { phase: 'await-leader', says: 'Wait for one leader; usually 2 s, given up after 5 min' },
    { phase: 'verify', says: 'Verify: one configuration everywhere, a canary job, every job, held for 75 s' },
  ];
}

function fenceText({ id, fence }: Excluded): string {
  switch (fence.kind) {
    case 'gone':
      return `${id} (gone)`;
    case 'hold':
      return `${id} (hold on the host)`;
    case 'quarantine-stop':
      return `${id} (quarantine group, then stop ${fence.instanceId})`;
  }
}

/** Findings that forbid nothing, and that a person should know all the same. */
export function warningsOf(plan: Plan, survivors: readonly ServerView[], survey: Survey): Finding[] {
  return [
    ...survivors.flatMap(joinTrap),
    ...survivors.flatMap((server) => clockSkew(server, survey)),
    ...countedAsLost(plan),
    ...noRoom(survivors),
  ];
}

/** A join list of dead addresses only: such a server never reads peers.json (facts/dkron §4). */
function joinTrap({ id, facts, address }: ServerView): Finding[] {
  if (!facts || facts.joins.list.length === 0) return [];
  const own = address.slice(0, address.lastIndexOf(':'));
  if (facts.joins.list.some((join) => join.startsWith(own))) return [];
  return [
    {
      code: 'join-list-of-dead-servers',
      severity: 'warning',
      says: `the join list of ${id} names other servers only; overcome by a temporary join override`,
      evidence: facts.joins.list.join(', '),
      nextStep: `add ${own} to retry-join on ${id} after the recovery`,
    },
  ];
}

function clockSkew({ id, facts }: ServerView, survey: Survey): Finding[] {
  const report = survey.hosts.find(({ instanceId }) => instanceId === facts?.hostId);
  if (report?.outcome !== 'inspected') return [];
  const seconds = Math.round((Date.parse(report.facts.clock) - Date.parse(report.receivedAt)) / 1000);
  if (Math.abs(seconds) < SKEW_SECONDS) return [];
  return [
    {
      code: 'clock-skew',
      severity: 'warning',
      says: `the clock of ${id} is ${seconds} s away from ours`,
      evidence: report.facts.clock,
      nextStep: 'set the clock after the recovery',
    },
  ];
}

function countedAsLost(plan: Plan): Finding[] {
  return plan.countAsLost.map((id) => ({
    code: 'counted-as-lost',
    severity: 'warning' as const,
    says: `${id} is silent, not proved dead; whoever approves counts it as lost`,
    evidence: plan.excluded.find((server) => server.id === id)?.instanceId ?? '',
    nextStep: 'if power may come back in minutes, decline and wait: a restart loses nothing',
  }));
}

function noRoom(survivors: readonly ServerView[]): Finding[] {
  return survivors.flatMap(({ id, facts }) =>
    facts && facts.freeBytes < facts.dataBytes * 1.1
      ? [
          {
            code: 'no-room-for-backup',
            severity: 'danger' as const,
            says: `${id} has no room for a backup of its data-dir`,
            evidence: `${facts.freeBytes} bytes free, ${facts.dataBytes} bytes of data`,
            nextStep: 'make room on that file system and open a new case',
          },
        ]
      : [],
  );
}
