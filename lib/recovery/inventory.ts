import type { Cluster } from './cluster';
import { leaderSeen } from './leader';
import type { FleetView, Inventory, NetworkView, RaftServer } from './survey';
import { hostOf } from './targets';

/** What is there in good times. Null when the times are not good: a broken cluster must not overwrite what was known. */
export function takeInventory(input: {
  readonly cluster: Cluster;
  readonly fleet: FleetView;
  readonly network: NetworkView;
  readonly now: string;
}): Inventory | null {
  const { cluster, fleet, network, now } = input;
  if (leaderSeen(network).kind !== 'leader') return null;
  const told = network.reports.flatMap(({ raft }) => (raft.outcome === 'answered' ? [raft.servers] : []));
  const [members] = told;
  // Two timelines can look healthy for a while: only a configuration that everybody has is worth keeping.
  if (!members || told.some((other) => text(other) !== text(members))) return null;
  const servers = members.flatMap(({ id, address }) => {
    const answers = network.reports.some(
      (report) => report.address === hostOf(address) && report.raft.outcome === 'answered',
    );
    const instance = fleet.instances.find(
      ({ state, interfaces }) =>
        state === 'running' && interfaces.some(({ addresses }) => addresses.includes(hostOf(address))),
    );
    if (!answers || !instance) return [];
    return [
      {
        id,
        address,
        instanceId: instance.instanceId,
        volumeIds: instance.volumes.map(({ volumeId }) => volumeId).sort(),
        interfaceIds: instance.interfaces.map((one) => one.id).sort(),
        launchedAt: instance.launchedAt,
        autoScalingGroup: instance.autoScalingGroup,
      },
    ];
  });
  // One member that cannot be matched, and the picture is not the one of good times.
  return servers.length === members.length ? { cluster: cluster.name, at: now, servers } : null;
}

function text(members: readonly RaftServer[]): string {
  return members
    .map(({ id, address }) => `${id} ${address}`)
    .sort()
    .join(', ');
}
