import { declaredText, type Declared } from './declaration';
import { isThere } from './declared';
import type { FenceProof, FenceRecord } from './fence';
import type { HoldResult } from './order';
import type { Excluded, Plan } from './plan';
import { goneProof } from './host-class';
import type { Instance, Remains } from './survey';

export interface FenceSeen {
  readonly instance: Instance | null;
  readonly remains: Remains | null;
  readonly record: FenceRecord | null;
  readonly holdResult: HoldResult | null;
  readonly quarantineGroupId: string | null;
  readonly now: string;
}

/** Proofs of the servers that are fenced by a hold on their own host: the hold's answer is the proof, and it stays. */
export function holdProofs(plan: Plan, holds: readonly HoldResult[], now: string): FenceProof[] {
  const unseen = { instance: null, remains: null, record: null, quarantineGroupId: null, now };
  return plan.excluded
    .filter(({ fence }) => fence.kind === 'hold')
    .map((excluded) =>
      fenceProof(excluded, {
        ...unseen,
        holdResult: holds.find(({ hostId }) => hostId === excluded.instanceId) ?? null,
      }),
    );
}

/** Evidence that an excluded server cannot run with its old data, or the reason why there is none (design rule 1). */
export function fenceProof(excluded: Excluded, seen: FenceSeen): FenceProof {
  const { proved, evidence } = weigh(excluded, seen);
  return {
    serverId: excluded.id,
    kind: excluded.fence.kind,
    instanceId: excluded.instanceId,
    proved,
    at: seen.now,
    evidence,
  };
}

interface Weighed {
  readonly proved: boolean;
  readonly evidence: string;
}

function weigh({ fence }: Excluded, seen: FenceSeen): Weighed {
  switch (fence.kind) {
    case 'gone':
      return fence.declared ? weighDeclared(fence.declared, seen.remains) : weighGone(seen.remains);
    case 'quarantine-stop':
      return weighStopped(seen);
    case 'hold':
      return weighHold(seen.holdResult);
  }
}

function weighGone(remains: Remains | null): Weighed {
  if (!remains) return { proved: false, evidence: 'the inventory does not know it' };
  const { isGone, evidence } = goneProof(remains, []);
  return { proved: isGone, evidence };
}

/** The word is the evidence, and it is said to be no more than that; an instance that exists outweighs it. */
function weighDeclared(declared: Declared, remains: Remains | null): Weighed {
  if (remains && isThere(remains)) return { proved: false, evidence: `${remains.instanceId} is ${remains.instance}` };
  const missing = declared.despite.length === 0 ? '' : `; not proved: ${declared.despite.join(', ')}`;
  return { proved: true, evidence: `${declaredText(declared)}${missing}` };
}

/** Tracked flows survive a change of groups, so the quarantine counts only with `stopped` reached after it (facts/aws). */
function weighStopped({ instance, record, quarantineGroupId }: FenceSeen): Weighed {
  if (!instance) return { proved: false, evidence: 'the instance is not seen' };
  const { instanceId, state, interfaces } = instance;
  const cut =
    quarantineGroupId !== null &&
    interfaces.length > 0 &&
    interfaces.every(({ groups }) => groups.length === 1 && groups[0] === quarantineGroupId);
  const says = `${instanceId} ${state}, ${cut ? 'only' : 'not only'} in the quarantine group ${quarantineGroupId ?? '(none)'}`;
  if (!record?.quarantinedAt) return { proved: false, evidence: `${says}, no record of a quarantine` };
  return { proved: cut && state === 'stopped', evidence: `${says}, quarantined ${record.quarantinedAt}` };
}

function weighHold(result: HoldResult | null): Weighed {
  if (!result) return { proved: false, evidence: 'no answer of the host yet' };
  if (result.outcome === 'refused') return { proved: false, evidence: `${result.code}: ${result.detail}` };
  if (result.leftOver.length > 0) return { proved: false, evidence: `still running: ${result.leftOver.join(', ')}` };
  return { proved: true, evidence: `held on ${result.hostId}, nothing left running` };
}
