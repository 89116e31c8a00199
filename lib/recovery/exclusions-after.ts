import type { Exclusion } from './exclusion';
import { runningAfter } from './expected';
import type { FenceRecord } from './fence';
import type { Plan, Survivor } from './plan';

/** What a case leaves behind when it closes: only plans that were released took anybody out, or let anybody in. */
export interface Released {
  readonly caseId: string;
  readonly plans: readonly Plan[];
  readonly fences: Readonly<Record<string, FenceRecord>>;
  readonly closedAt: string;
}

/** The servers that are out once a case is closed, with what keeps them out. Counted twice it gives the same. */
export function exclusionsAfter(before: readonly Exclusion[], released: Released): Exclusion[] {
  return released.plans.reduce<Exclusion[]>((known, plan) => afterPlan(known, plan, released), [...before]);
}

function afterPlan(known: readonly Exclusion[], plan: Plan, released: Released): Exclusion[] {
  const out = takenOut(plan, released);
  const again = new Set(out.map(({ serverId }) => serverId));
  const members = runningAfter(plan);
  const stay = known.filter((one) => !again.has(one.serverId) && !members.some((member) => isIn(one, member)));
  return [...stay, ...out];
}

/** A new host may bear the name of the one it replaces: that one is still out, on a host of its own. */
function isIn({ serverId, fence }: Exclusion, { id, instanceId }: Survivor): boolean {
  return serverId === id && (fence.kind === 'gone' || fence.instanceId === instanceId);
}

/** Who was excluded, and who left: a server that retired by itself is held on its host. */
function takenOut({ excluded, removals }: Plan, { caseId, fences, closedAt }: Released): Exclusion[] {
  const at = { caseId, since: closedAt };
  const left = removals.flatMap((removal): Exclusion[] => {
    if (removal.by !== 'leave') return [];
    const { instanceId, dataDir, manager, http } = removal.host;
    const fence = { kind: 'hold' as const, instanceId, dataDir, manager, http };
    return [{ ...at, serverId: removal.id, address: removal.address, fence, groupsBefore: {} }];
  });
  const fenced = excluded.map(({ id, address, fence }): Exclusion => ({
    ...at,
    serverId: id,
    address,
    fence,
    groupsBefore: fence.kind === 'quarantine-stop' ? (fences[fence.instanceId]?.groupsBefore ?? {}) : {},
  }));
  return [...fenced, ...left];
}
