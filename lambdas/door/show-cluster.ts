import type { ClusterView } from '../../lib/recovery/case-record';
import { clusterNamed } from '../adapters/clusters';
import type { Door } from './door';
import type { Reply } from './http';
import type { Request } from './routes';

/** What is known of a cluster now, and which case works on it or was the last to. */
export const showCluster = async (door: Door, { id }: Request): Promise<Reply> => {
  const { name: cluster } = clusterNamed(id, door.clusters);
  const [lease, inventory, health, control, exclusions, declarations] = await Promise.all([
    door.leases.leaseOf(cluster),
    door.inventories.find(cluster),
    door.healths.find(cluster),
    door.controls.find(cluster),
    door.exclusions.of(cluster),
    door.declarations.of(cluster),
  ]);
  const isHeld = lease !== null && !lease.released;
  const body: ClusterView = {
    cluster,
    lease,
    inventory,
    health,
    control,
    exclusions,
    declarations,
    openCase: isHeld ? lease.caseId : null,
    lastCase: lease?.caseId ?? null,
  };
  return { status: 200, body };
};
