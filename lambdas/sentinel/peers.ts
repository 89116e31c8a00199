import * as z from 'zod';
import { peersOf } from '../../lib/recovery/peers';
import type { Peers } from '../../lib/recovery/peers';
import { NetworkView } from '../../lib/recovery/survey';
import { probeTargets } from '../../lib/recovery/targets';
import { clusterNamed } from '../adapters/clusters';
import { describeFleet } from '../adapters/fleet';
import { invoke } from '../adapters/functions';
import type { Sentinel } from './sentinel';

export const PeersInput = z.object({ action: z.literal('peers'), cluster: z.string() });

/** What the servers say of each other now. Looks, and keeps nothing. */
export const peers = async (
  sentinel: Sentinel,
  { cluster: name }: z.output<typeof PeersInput>,
): Promise<{ peers: Peers }> => {
  const cluster = clusterNamed(name, sentinel.clusters);
  const known = await sentinel.inventories.find(name);
  const fleet = await describeFleet(cluster, known, sentinel.clock);
  const targets = probeTargets(fleet, known, cluster);
  const network = NetworkView.parse(await invoke(sentinel.probe, { action: 'probe', targets }));
  return { peers: peersOf(network) };
};
