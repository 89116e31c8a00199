import type { Chosen, Kept } from './choose';
import type { Policy } from './cluster';
import { compareLogs } from './log-order';
import type { Briefing, Excluded, Plan } from './plan';
import type { Survey } from './survey';

/** What may be lost, in sentences (design rules 8 and 16). */
export function lossOf(plan: Plan, { survivors }: Chosen): string[] {
  const lost = plan.excluded.map(({ id }) => id).join(', ');
  const busy = survivors.filter(({ facts }) => (facts.runningJobs ?? 0) > 0);
  return [
    ...onlyOnFreshest(survivors),
    `What only ${lost} had is gone. Entries at the end of the log that were never confirmed will be confirmed.`,
    ...busy.map(({ id, facts }) => `Running jobs are killed when ${id} is held: ${facts.runningJobs ?? 0}.`),
    'Executions due during the outage are not replayed.',
    tolerance(plan.survivors.length),
  ];
}

function onlyOnFreshest(survivors: readonly Kept[]): string[] {
  const logs = survivors
    .flatMap(({ id, facts }) => (facts.log ? [{ id, log: facts.log }] : []))
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

function tolerance(survivors: number): string {
  const failures = Math.floor((survivors - 1) / 2);
  if (failures > 0)
    return `The recovered cluster of ${survivors} tolerates ${failures} failure${failures > 1 ? 's' : ''}.`;
  return `The recovered cluster of ${survivors} tolerates no failure until servers are added.`;
}

/** The steps as a person reads them; `point-of-no-return` is the line between them. */
export function stepsOf(plan: Plan, policy: Policy): Briefing['steps'] {
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
    { phase: 'await-leader', says: `Wait for one leader; usually 2 s, given up after ${policy.leaderSeconds} s` },
    {
      phase: 'verify',
      says: `Verify: one configuration everywhere, a canary job, every job, held for ${policy.proofSeconds} s`,
    },
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
