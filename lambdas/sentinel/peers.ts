import * as z from 'zod';
import { peersOf } from '../../lib/recovery/peers';
import type { Peers } from '../../lib/recovery/peers';
import { clusterNamed } from '../adapters/clusters';
import { seeCluster } from './see-cluster';
import type { Sentinel } from './sentinel';

export const PeersInput = z.object({ action: z.literal('peers'), cluster: z.string() });

/** What the servers say of each other now. Looks, and keeps nothing. */
export const peers = async (
  sentinel: Sentinel,
  { cluster: name }: z.output<typeof PeersInput>,
): Promise<{ peers: Peers }> => {
  const cluster = clusterNamed(name, sentinel.clusters);
  const { network } = await seeCluster(sentinel, cluster);
  return { peers: peersOf(network) };
};
