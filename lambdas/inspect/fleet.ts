import type * as z from 'zod';
import type { FleetInput, FleetOutput } from '../../lib/recovery/boundary';
import type { Cluster } from '../../lib/recovery/cluster';
import { RequorumError } from '../../lib/recovery/errors';
import { probeTargets } from '../../lib/recovery/targets';
import { describeFleet } from '../adapters/fleet';

/**
 * The fleet view, and from it where the prober has to ask.
 * @throws RequorumError NoInstance where neither selector nor inventory finds anything: the tags are wrong, not the cluster dead
 */
export const fleet = async (
  input: z.output<typeof FleetInput>,
  cluster: Cluster,
): Promise<z.output<typeof FleetOutput>> => {
  const seen = await describeFleet(cluster, input.inventory);
  if (seen.instances.length === 0 && seen.remains.length === 0) {
    throw new RequorumError('NoInstance', `cluster ${cluster.name}: nothing has ${JSON.stringify(cluster.selector)}`);
  }
  return { fleet: seen, targets: probeTargets(seen, input.inventory, cluster) };
};
