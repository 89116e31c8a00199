import * as z from 'zod';
import type { Cluster } from './cluster';
import { ClusterName, Instant, ServerId } from './ids';
import { leaderSeen } from './leader';
import { redundancySays, redundancySeen, Redundancy } from './redundancy';
import type { NetworkView } from './survey';
import { leaderText } from './verdict';

/** What the sentinel saw of a cluster at its last look, by the network alone. */
export const Health = z.object({
  cluster: ClusterName,
  at: Instant,
  leader: ServerId.nullable().default(null),
  /** Null where nobody is confirmed as leader. */
  redundancy: Redundancy.nullable().default(null),
  says: z.string(),
});
export type Health = z.infer<typeof Health>;

export function healthOf(network: NetworkView, cluster: Cluster): Health {
  const seen = leaderSeen(network);
  const redundancy = redundancySeen(network, cluster);
  const says = redundancy ? `${leaderText(seen)}; ${redundancySays(redundancy)}` : leaderText(seen);
  return { cluster: cluster.name, at: network.at, leader: seen.kind === 'leader' ? seen.id : null, redundancy, says };
}

/** Values of the metric ClusterHealth; each alarm of a cluster is one threshold on it (facts/aws: one metric, two alarms). */
export const HEALTH = { noLeader: 0, notAtFullStrength: 1, fullStrength: 2 } as const;

export function healthValue({ redundancy }: Pick<Health, 'redundancy'>): number {
  if (redundancy === null) return HEALTH.noLeader;
  return redundancy.level === 'full' ? HEALTH.fullStrength : HEALTH.notAtFullStrength;
}
