import { declaredDoubts } from './declared';
import type { Planner } from './draft';
import type { Exclusion } from './exclusion';
import type { Finding } from './plan';
import { refusal } from './refusals';
import { membershipOf } from './servers';
import type { Instance, NetworkView } from './survey';
import { hostOf } from './targets';

/** An empty server votes for anyone: together with one old server it deposes the leader (E1). */
export function unfenced(exclusion: Exclusion, planner: Planner): Finding[] {
  const evidence = fenceDoubt(exclusion, planner);
  if (evidence === null) return [];
  const says = `the fence of ${exclusion.serverId} does not stand: it has old data and could come back`;
  return [
    refusal('old-data-not-fenced', says, evidence, 'fence it again (stop its host, in quarantine), then a new case'),
  ];
}

/** Why the fence of a server that is out does not stand at this moment; null where it does. */
export function fenceDoubt(exclusion: Exclusion, planner: Planner): string | null {
  const { serverId, fence, caseId, address } = exclusion;
  const { survey } = planner;
  const { instances } = survey.fleet;
  const heirs = membershipOf(survey);
  const alive = signOfLife(exclusion, survey.network, heirs);
  if (alive !== null) return alive;
  const moved = volumeElsewhere(exclusion, instances);
  if (moved !== null) return moved;
  if (fence.kind === 'gone') {
    const seen = { ...survey, serverId, address, heirs };
    return (fence.declared && declaredDoubts(fence.declared, seen, survey.declarations)[0]) ?? null;
  }
  const instance = instances.find((one) => one.instanceId === fence.instanceId && isLiving(one));
  if (!instance) return null;
  if (instance.state === 'stopped') {
    return fence.kind === 'hold' || isCutOff(instance, planner) ? null : `${fence.instanceId} left quarantine`;
  }
  if (fence.kind === 'quarantine-stop') return `${fence.instanceId} is ${instance.state}`;
  const host = survey.hosts.find((report) => report.instanceId === fence.instanceId);
  const isHeld =
    host?.outcome === 'inspected' && host.facts.dataDir.raft === 'file' && host.facts.dataDir.heldBy === caseId;
  return isHeld ? null : `the hold of case ${caseId} is not seen on ${fence.instanceId}`;
}

/** With its volume another instance is the old server, whatever became of its own (design rule 14). */
export function volumeElsewhere({ fence, volumeIds }: Exclusion, instances: readonly Instance[]): string | null {
  const own = fence.kind === 'gone' ? null : fence.instanceId;
  for (const { instanceId, volumes } of instances.filter(isLiving)) {
    const moved = volumes.find(({ volumeId }) => volumeIds.includes(volumeId));
    if (moved && instanceId !== own) return `its volume ${moved.volumeId} is on ${instanceId}`;
  }
  return null;
}

const isLiving = ({ state }: Pick<Instance, 'state'>): boolean => state !== 'terminated' && state !== 'shutting-down';

/** Whether every network interface is in the quarantine group, and in no other. */
export function isCutOff({ vpcId, interfaces }: Instance, { context }: Planner): boolean {
  const quarantine = context.quarantine[vpcId ?? ''];
  return (
    quarantine !== undefined &&
    interfaces.length > 0 &&
    interfaces.every(({ groups }) => groups.length === 1 && groups[0] === quarantine)
  );
}

/** Who stays out while a plan works: those whose fence stands now, and no host that this very plan lets in. */
export function keptOutOf(planner: Planner): Exclusion[] {
  return planner.survey.exclusions.filter((exclusion) => fenceDoubt(exclusion, planner) === null);
}

/** Without a leader an old server that is not out may win the election: only a person can say that it will not (rule 1). */
export function openFences(planner: Planner): Finding[] {
  const severity = planner.signs.leader.kind === 'leader' ? 'warning' : 'danger';
  return planner.survey.exclusions
    .flatMap((exclusion) => unfenced(exclusion, planner))
    .map((finding): Finding => ({ ...finding, severity }));
}

/**
 * How a server that is out shows itself on the network, whatever keeps it out; null where it does not. Gossip alone is enough:
 * the leader takes whom it hears of for a voter at its next reconcile (E9). A new host may bear its name, or have its address.
 */
export function signOfLife(
  { serverId, address }: Exclusion,
  { reports }: NetworkView,
  members: readonly { readonly id: string; readonly address: string }[],
): string | null {
  const host = hostOf(address);
  const answers = reports.some((report) => report.address === host && report.raft.outcome === 'answered');
  if (answers && !members.some((member) => hostOf(member.address) === host)) return `${address} answers`;
  if (members.some(({ id }) => id === serverId)) return null;
  const by = reports.flatMap((report) =>
    report.members.outcome === 'answered' &&
    report.members.members.some(({ name, server, status }) => name === serverId && server && status === 'alive')
      ? [report.address]
      : [],
  );
  return by.length > 0 ? `it is alive in the gossip of ${by.sort().join(', ')}` : null;
}
