import type { Cluster } from '../../lib/recovery/cluster';
import type { FleetView, Inventory } from '../../lib/recovery/survey';
import { NetworkView } from '../../lib/recovery/survey';
import { probeTargets } from '../../lib/recovery/targets';
import { describeFleet } from '../adapters/fleet';
import { invoke } from '../adapters/functions';
import type { Sentinel } from './sentinel';

export interface ClusterSeen {
  /** As it was before this look. */
  readonly inventory: Inventory | null;
  readonly fleet: FleetView;
  readonly network: NetworkView;
}

/** Fleet and network of a cluster now, beside what was known of it. Needs no command on hosts. */
export const seeCluster = async (sentinel: Sentinel, cluster: Cluster): Promise<ClusterSeen> => {
  const inventory = await sentinel.inventories.find(cluster.name);
  const fleet = await describeFleet(cluster, inventory, sentinel.clock);
  const targets = probeTargets(fleet, inventory, cluster);
  const network = NetworkView.parse(await invoke(sentinel.probe, { action: 'probe', targets }));
  return { inventory, fleet, network };
};
