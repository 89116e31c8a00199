import type { Exclusion } from './exclusion';
import { runningAfter } from './expected';
import type { FenceRecord } from './fence';
import type { Joining, Plan, Survivor } from './plan';

/** What a case leaves behind when it closes: only plans that were released took anybody out, or let anybody in. */
export interface Released {
  readonly caseId: string;
  readonly plans: readonly Plan[];
  readonly fences: Readonly<Record<string, FenceRecord>>;
  readonly closedAt: string;
  /** Hosts on which a release put the old data aside: what runs there, or does not, has no old data any more. */
  readonly begunAnew: readonly string[];
}

/** The servers that are out once a case is closed, with what keeps them out. Counted twice it gives the same. */
export function exclusionsAfter(before: readonly Exclusion[], released: Released): Exclusion[] {
  return released.plans.reduce<Exclusion[]>((known, plan) => afterPlan(known, plan, released), [...before]);
}

function afterPlan(known: readonly Exclusion[], plan: Plan, released: Released): Exclusion[] {
  const out = takenOut(plan, released);
  const again = new Set(out.map(({ serverId }) => serverId));
  const members = runningAfter(plan);
  const stay = known.flatMap((one) => {
    if (again.has(one.serverId)) return [];
    const member = members.find((host) => isIn(one, host));
    return member === undefined ? [one] : notLetIn(one, member, released);
  });
  return [...stay, ...out];
}

/** A release that did not reach its host leaves the old data there, under the hold: its server is out as before. */
function notLetIn(exclusion: Exclusion, host: Survivor | Joining, { caseId, begunAnew }: Released): Exclusion[] {
  if (!('heldBy' in host) || begunAnew.includes(host.instanceId)) return [];
  const { instanceId, dataDir, manager, http, heldBy } = host;
  return [{ ...exclusion, caseId: heldBy ?? caseId, fence: { kind: 'hold', instanceId, dataDir, manager, http } }];
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
