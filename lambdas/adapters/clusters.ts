import type { Cluster } from '../../lib/recovery/cluster';
import { RequorumError } from '../../lib/recovery/errors';

/** @throws RequorumError UnknownCluster, naming those that are configured */
export const clusterNamed = (name: string, clusters: readonly Cluster[]): Cluster => {
  const cluster = clusters.find((one) => one.name === name);
  if (cluster) return cluster;
  const known = clusters.map((one) => one.name).join(', ');
  throw new RequorumError('UnknownCluster', `no cluster "${name}"; configured: ${known || 'none'}`);
};
