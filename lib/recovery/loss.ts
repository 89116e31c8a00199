import { expectedIds, runningAfter } from './expected';
import { compareLogs } from './log-order';
import type { Plan } from './plan';
import type { ServerView } from './servers';
import { list, named } from './words';

/** What may be lost, in sentences (design rules 8 and 16). */
export function lossOf(plan: Plan, kept: readonly ServerView[], hasLeader: boolean): string[] {
  const busy = kept.filter(({ facts }) => (facts?.runningJobs ?? 0) > 0);
  return [
    ...(plan.peersJson === null ? [keptLog(plan)] : rewritten(plan, kept)),
    ...busy.map(({ id, facts }) => `Running jobs are killed when ${id} is held: ${facts?.runningJobs ?? 0}.`),
    ...(hasLeader ? [] : ['Executions due during the outage are not replayed.']),
    tolerance(plan),
  ];
}

function keptLog({ remedy, removals, joining, launch, powerOn }: Plan): string {
  if (launch) return 'Nothing is changed on any disk: a new host is launched, cut off, and looked at.';
  if (remedy === 'readmit')
    return `No job is lost: the leader has every one. ${named(joining)} starts empty; what lies there is kept aside on its host.`;
  if (remedy === 'power-on')
    return 'Nothing is changed on any disk: stopped hosts are started, cut off, and looked at.';
  if (remedy === 'power-cycle')
    return `Nothing is changed on any disk: ${named(powerOn)} ${powerOn.length === 1 ? 'is' : 'are'} stopped and started again, cut off, and looked at. Whatever runs there is killed.`;
  const leave = removals.length === 1 ? 'leaves' : 'leave';
  if (remedy === 'remove')
    return `No job is lost: the leader has every one. ${named(removals)} ${leave} the configuration.`;
  return 'No job is lost: every log stays as it is.';
}

function rewritten({ excluded }: Plan, kept: readonly ServerView[]): string[] {
  const tail = 'Unconfirmed entries at the end of the log become valid.';
  return [...onlyOnFreshest(kept), excluded.length === 0 ? tail : `What only ${named(excluded)} had is lost. ${tail}`];
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
    return [`The logs of ${list(same)} are equal.`];
  }
  const ahead = Math.max(1, freshest.log.lastIndex - second.log.lastIndex);
  const entries = ahead === 1 ? '1 entry exists' : `${ahead} entries exist`;
  return [`${entries} only on ${freshest.id} and live on there alone until it leads: the freshest log leads.`];
}

/** How many of the cluster may fail afterwards, counted over those that run then. */
function tolerance(plan: Plan): string {
  if (plan.remedy === 'power-on' || plan.remedy === 'power-cycle' || plan.launch)
    return 'What comes next is decided after the look, at a gate of its own.';
  const voters = expectedIds(plan).length;
  const running = runningAfter(plan).length;
  const failures = running - (Math.floor(voters / 2) + 1);
  const cluster = plan.peersJson === null ? runningText(running, voters) : `The recovered cluster of ${voters}`;
  if (failures > 0) return `${cluster} tolerates ${failures} failure${failures > 1 ? 's' : ''}.`;
  return `${cluster} tolerates no failure until servers are added.`;
}

function runningText(running: number, voters: number): string {
  if (voters === 1) return 'The only voter runs afterwards: the cluster';
  return `${running} of ${voters} voters run afterwards: the cluster`;
}
