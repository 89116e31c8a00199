import type { CaseRef } from '../../lib/recovery/case';
import type { FenceProof } from '../../lib/recovery/fence';
import { fenceProof } from '../../lib/recovery/fence-proof';
import type { FleetView } from '../../lib/recovery/survey';
import { nowIso } from '../adapters/clock';
import { fencedCase, seeFleet } from './fence';
import type { FencedCase, Fencing } from './fence';

export interface Fences {
  readonly done: boolean;
  readonly fences: FenceProof[];
}

/** The proofs as EC2 shows them now. Fences by a hold on the host are the hosts' to prove, and not among them. */
export const proofsOf = (fencing: Fencing, { plan, record }: FencedCase, fleet: FleetView): Fences => {
  const fences = plan.excluded
    .filter(({ fence }) => fence.kind !== 'hold')
    .map((excluded) => {
      const instance = fleet.instances.find(({ instanceId }) => instanceId === excluded.instanceId) ?? null;
      return fenceProof(excluded, {
        instance,
        remains: fleet.remains.find(({ serverId }) => serverId === excluded.id) ?? null,
        record: record.fences[excluded.instanceId ?? ''] ?? null,
        holdResult: null,
        quarantineGroupId: fencing.quarantine[instance?.vpcId ?? ''] ?? null,
        now: nowIso(fencing.clock),
      });
    });
  return { done: fences.every(({ proved }) => proved), fences };
};

/** Looks at every fence and changes nothing. */
export const look = async (fencing: Fencing, ref: CaseRef): Promise<Fences> => {
  const fenced = await fencedCase(fencing, ref);
  return proofsOf(fencing, fenced, await seeFleet(fencing, fenced));
};
