import type { Cluster } from '../../lib/recovery/cluster';
import type { Sentinel } from './sentinel';
import { tidyIfDead } from './tidy';

/** The open case of a cluster holds its lease: whoever died with it is found by it, without listing all cases. */
export const sweep = async (sentinel: Sentinel, clusters: readonly Cluster[]): Promise<string[]> => {
  const tidied = await Promise.all(
    clusters.map(async ({ name }) => {
      const lease = await sentinel.leases.leaseOf(name);
      return lease && !lease.released ? tidyIfDead(sentinel, await sentinel.cases.find(lease.caseId)) : null;
    }),
  );
  return tidied.filter((caseId) => caseId !== null);
};
