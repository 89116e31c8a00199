import type { Policy } from './cluster';
import { compareLogs } from './log-order';
import { expectedIds } from './expected';
import type { Briefing, Excluded, Plan, Removal } from './plan';
import type { ServerView } from './servers';
import type { Survey } from './survey';

/** What may be lost, in sentences (design rules 8 and 16). */
export function lossOf(plan: Plan, kept: readonly ServerView[]): string[] {
  const busy = kept.filter(({ facts }) => (facts?.runningJobs ?? 0) > 0);
  return [
    ...(plan.peersJson === null ? [keptLog(plan)] : rewritten(plan, kept)),
    ...busy.map(({ id, facts }) => `Running jobs are killed when ${id} is held: ${facts?.runningJobs ?? 0}.`),
    ...(plan.standing.length > 0 ? [] : ['Executions due during the outage are not replayed.']),
    tolerance(plan),
  ];
}

function keptLog({ remedy, removals }: Plan): string {
  if (remedy === 'power-on')
    return 'Nothing is changed on any disk: stopped hosts are started, cut off, and looked at.';
  const names = removals.map(({ id }) => id).join(', ');
  if (remedy === 'remove') return `No job is lost: the leader has every one. ${names} leaves the configuration.`;
  return 'No job is lost: every log stays as it is.';
}

function rewritten(plan: Plan, kept: readonly ServerView[]): string[] {
  const lost = plan.excluded.map(({ id }) => id).join(', ');
  const tail = 'Entries at the end of the log that were never confirmed will be confirmed.';
  return [...onlyOnFreshest(kept), lost === '' ? tail : `What only ${lost} had is gone. ${tail}`];
}

function onlyOnFreshest(survivors: readonly ServerView[]): string[] {
  const logs = survivors
    .flatMap(({ id, facts }) => (facts?.log ? [{ id, log: facts.log }] : []))
    .sort((a, b) => compareLogs(b.log, a.log));
  const [freshest, ...others] = logs;
  const [second] = others;
  if (!freshest || !second) return [];
  if (compareLogs(freshest.log, second.log) === 0) {
    const same = logs.filter(({ log }) => compareLogs(log, freshest.log) === 0).map(({ id }) => id);
    return [`The logs of ${same.join(' and ')} are equal.`];
  }
  const ahead = Math.max(1, freshest.log.lastIndex - second.log.lastIndex);
  const entries = ahead === 1 ? '1 entry exists' : `${ahead} entries exist`;
  return [`${entries} only on ${freshest.id} and live on there alone until it leads: the freshest log leads.`];
}

/** How many of the cluster may fail afterwards, counted over those that run then. */
function tolerance(plan: Plan): string {
  const voters = expectedIds(plan).length;
  const running = plan.remedy === 'power-on' ? 0 : plan.survivors.length + plan.standing.length;
  const failures = running - (Math.floor(voters / 2) + 1);
  if (plan.remedy === 'power-on') return 'What can be restarted is decided after the look, at a gate of its own.';
  const cluster =
    plan.peersJson === null
      ? `${running} of ${voters} voters run afterwards: the cluster`
      : `The recovered cluster of ${voters}`;
  if (failures > 0) return `${cluster} tolerates ${failures} failure${failures > 1 ? 's' : ''}.`;
  return `${cluster} tolerates no failure until servers are added.`;
}

type Step = Briefing['steps'][number];

/** The steps as a person reads them; `point-of-no-return` is the line between them. */
export function stepsOf(plan: Plan, policy: Policy): Step[] {
  const first: Step = { phase: 'look-again', says: 'Look again; stop if anything changed' };
  if (plan.remedy === 'power-on') return [first, ...powerOnSteps(plan)];
  const fenced = plan.excluded.filter(({ fence }) => fence.kind !== 'gone');
  return [
    first,
    ...(fenced.length > 0 ? [{ phase: 'secure', says: `Fence ${fenced.map(fenceText).join(', ')}` }] : []),
    ...holdSteps(plan),
    { phase: 'approve-restart', says: 'Ask again if anything differs from what was approved' },
    { phase: 'point-of-no-return', says: 'from here only forward' },
    ...releaseSteps(plan, policy),
    ...plan.removals.map((removal) => ({ phase: 'remove-peers', says: removalText(removal) })),
    {
      phase: 'verify',
      says: `Verify: one configuration everywhere, a canary job, every job, held for ${policy.proofSeconds} s`,
    },
  ];
}

function powerOnSteps({ powerOn }: Plan): Step[] {
  const ids = powerOn.map(({ id, instanceId }) => `${id} (${instanceId})`).join(', ');
  return [
    { phase: 'power-on', says: `Start ${ids} in the quarantine group: they reach nobody` },
    { phase: 'survey', says: 'Look at their disks, then make a plan and ask again' },
  ];
}

function holdSteps({ survivors, peersJson }: Plan): Step[] {
  if (survivors.length === 0) return [{ phase: 'check', says: 'Check that the leader leads and nothing changed' }];
  const ids = survivors.map(({ id }) => id).join(', ');
  const stage = peersJson === null ? 'back up' : 'back up, stage the same peers.json, read it back';
  const check =
    peersJson === null
      ? 'Check backups and final log positions'
      : 'Check fences, hashes, strangers, leaders and final log positions';
  return [
    { phase: 'secure', says: `Hold ${ids}: stop Dkron, prove it, ${stage}` },
    { phase: 'check', says: check },
  ];
}

function releaseSteps({ survivors, standing, letIn }: Plan, { leaderSeconds }: Policy): Step[] {
  if (survivors.length === 0) return [];
  const ids = survivors.map(({ id }) => id).join(', ');
  const wait = `Wait for one leader; usually 2 s, given up after ${leaderSeconds} s`;
  return [
    ...(letIn.length > 0 ? [{ phase: 'release', says: `Let ${letIn.join(', ')} out of quarantine together` }] : []),
    { phase: 'release', says: `Release ${ids}` },
    ...(standing.length > 0 ? [] : [{ phase: 'await-leader', says: wait }]),
  ];
}

function removalText({ id, by }: Removal): string {
  return by === 'leave'
    ? `${id} leaves (dkron leave), is stopped and held; the leader removes it within a minute`
    : `Remove ${id} on the leader's host (dkron raft remove-peer)`;
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

/** Seconds to add to our clock to get the host's, by instance (design rule 10). */
export function skewOf({ hosts }: Survey): Record<string, number> {
  return Object.fromEntries(
    hosts.flatMap((report) =>
      report.outcome === 'inspected'
        ? [[report.instanceId, Math.round((Date.parse(report.facts.clock) - Date.parse(report.receivedAt)) / 1000)]]
        : [],
    ),
  );
}
