import * as z from 'zod';
import type { Cluster } from './cluster';
import { expectedIds, runningAfter } from './expected';
import { leaderSeen } from './leader';
import type { Briefing, Plan } from './plan';
import { quorumOf } from './signs';
import type { NetworkReport, NetworkView, RaftServer } from './survey';
import { hostOf } from './targets';
import { sortedIds } from './words';

/**
 * How far a cluster with a leader is from its next outage. `full`: as many voters as configured, and all of them run;
 * `reduced`: fewer, and one more may fail; `none`: the next failure is an outage.
 */
export const Redundancy = z.object({
  level: z.enum(['full', 'reduced', 'none']),
  /** Voters in Raft's configuration. */
  voters: z.number().int().nonnegative(),
  /** Those of them that take part. */
  running: z.number().int().nonnegative(),
  /** Servers at full strength, as configured. */
  size: z.number().int().positive(),
  /** Servers that may fail while a quorum goes on. */
  tolerates: z.number().int().nonnegative(),
});
export type Redundancy = z.infer<typeof Redundancy>;

export function redundancyOf({ voters, running, size }: Pick<Redundancy, 'voters' | 'running' | 'size'>): Redundancy {
  const tolerates = Math.max(0, running - quorumOf(voters));
  const isFull = running >= size && running >= voters;
  return { level: isFull ? 'full' : tolerates > 0 ? 'reduced' : 'none', voters, running, size, tolerates };
}

/** As the network shows it; null where nobody is confirmed as leader: then there is no strength to speak of. */
export function redundancySeen(network: NetworkView, { size }: Pick<Cluster, 'size'>): Redundancy | null {
  const seen = leaderSeen(network);
  if (seen.kind !== 'leader') return null;
  const members = listedBy(network.reports.find(({ isLeader }) => isLeader.outcome === 'answered' && isLeader.leads));
  const voters = members.filter(({ suffrage }) => suffrage === 'voter');
  return redundancyOf({ voters: voters.length, running: runningOf(voters, members, network), size });
}

/**
 * Voters that answer. Who answers with another configuration is of another timeline, or not filled yet: it takes no part.
 * A voter whose Raft address nobody can be asked at (0.0.0.0, an elastic one: facts/dkron §12) is one that answers elsewhere.
 */
function runningOf(voters: readonly RaftServer[], members: readonly RaftServer[], { reports }: NetworkView): number {
  const hosts = new Set(members.map(({ address }) => hostOf(address)));
  const taking = reports.filter((report) => sortedIds(listedBy(report)).join() === sortedIds(members).join());
  const found = voters.filter(({ address }) => taking.some((report) => report.address === hostOf(address)));
  const elsewhere = taking.filter(({ address }) => !hosts.has(address));
  const unasked = voters.filter(({ address }) => reports.every((report) => report.address !== hostOf(address)));
  return found.length + Math.min(unasked.length, elsewhere.length);
}

/** As a plan that has worked leaves it behind. */
export function redundancyAfter(plan: Plan, { servers }: Briefing, size: number): Redundancy {
  const nonvoters = new Set(plan.membership.filter(({ suffrage }) => suffrage !== 'voter').map(({ id }) => id));
  const voters = expectedIds(plan).filter((id) => !nonvoters.has(id));
  const worked = new Set([...runningAfter(plan), ...servers.filter(({ answers }) => answers)].map(({ id }) => id));
  return redundancyOf({ voters: voters.length, running: voters.filter((id) => worked.has(id)).length, size });
}

/** `1 of 3 voters, no failure is tolerated`. */
export function redundancySays({ running, voters, size, tolerates }: Redundancy): string {
  const tolerated = ['no failure is', '1 failure is'][tolerates] ?? `${tolerates} failures are`;
  return `${running} of ${Math.max(size, voters)} voters, ${tolerated} tolerated`;
}

/** What a person must not overlook: the sentence for a cluster that is short of its size; null where it is not. */
export function shortOfStrength(redundancy: Redundancy | null): string | null {
  if (redundancy === null || redundancy.level === 'full') return null;
  const word = redundancy.level === 'none' ? 'no redundancy' : 'reduced redundancy';
  return `${word}: ${redundancySays(redundancy)}`;
}

function listedBy(report: NetworkReport | undefined): RaftServer[] {
  return report?.raft.outcome === 'answered' ? report.raft.servers : [];
}
