import type { Exclusion } from './exclusion';
import { runningAfter } from './expected';
import type { FenceRecord } from './fence';
import type { Joining, Plan, Survivor } from './plan';
import type { Survey } from './survey';

/** What a case leaves behind when it closes: only plans that were released took anybody out, or let anybody in. */
export interface Released {
  readonly caseId: string;
  readonly plans: readonly Plan[];
  readonly fences: Readonly<Record<string, FenceRecord>>;
  readonly closedAt: string;
  /** What the case saw: soon nobody but the exclusion knows the volumes of who is out. */
  readonly surveys: readonly Survey[];
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
function takenOut({ excluded, removals }: Plan, { caseId, fences, closedAt, surveys }: Released): Exclusion[] {
  const at = { caseId, since: closedAt };
  const left = removals.flatMap((removal): Exclusion[] => {
    if (removal.by !== 'leave') return [];
    const { instanceId, dataDir, manager, http } = removal.host;
    const fence = { kind: 'hold' as const, instanceId, dataDir, manager, http };
    const { id, address } = removal;
    return [{ ...at, serverId: id, address, fence, groupsBefore: {}, volumeIds: volumesOf(id, instanceId, surveys) }];
  });
  const fenced = excluded.map(({ id, address, fence, instanceId }): Exclusion => ({
    ...at,
    serverId: id,
    address,
    fence,
    groupsBefore: fence.kind === 'quarantine-stop' ? (fences[fence.instanceId]?.groupsBefore ?? {}) : {},
    volumeIds: volumesOf(id, instanceId, surveys),
  }));
  return [...fenced, ...left];
}

/** In good times, and as they are attached now. */
function volumesOf(serverId: string, hostId: string | null, surveys: readonly Survey[]): string[] {
  const then = surveys.flatMap(({ inventory }) => inventory?.servers ?? []).filter(({ id }) => id === serverId);
  const now = surveys.flatMap(({ fleet }) => fleet.instances).filter(({ instanceId }) => instanceId === hostId);
  const attached = now.flatMap(({ volumes }) => volumes.map(({ volumeId }) => volumeId));
  return [...new Set([...then.flatMap(({ volumeIds }) => volumeIds), ...attached])].sort();
}
