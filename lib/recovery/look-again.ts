import { agentIsBack, cameBack } from './came-back';
import type { Cluster } from './cluster';
import type { Declaration } from './declaration';
import { declaredDoubts, declaredDrift } from './declared';
import type { Exclusion } from './exclusion';
import { goneProof, isStoppedWithData } from './host-class';
import { signOfLife, volumeElsewhere } from './kept-out';
import { leaderSeen } from './leader';
import type { Excluded, Plan, PowerOn, Removal, Survivor } from './plan';
import { strangersOf } from './strangers';
import type { FleetView, Instance, Inventory, NetworkView, RaftServer } from './survey';
import { addressesOf, hostOf } from './targets';
import { leaderText } from './verdict';

export interface SeenAgain {
  readonly plan: Plan;
  readonly cluster: Cluster;
  readonly inventory: Inventory | null;
  readonly fleet: FleetView;
  readonly network: NetworkView;
  readonly openedAt: string;
  /** People's words that stand now; a plan that rests on one which is not among them is void. */
  readonly declarations?: readonly Declaration[];
}

/** Whether the world is still the one that was approved. Needs no command on hosts: fleet and network only (design §2). */
export function lookAgain(
  input: SeenAgain,
): { readonly kind: 'same' } | { readonly kind: 'drifted'; readonly says: string } {
  const { excluded, survivors, standing, powerOn, remedy } = input.plan;
  const says = [
    ...driftOf(input),
    ...excluded.flatMap((one) => backWithPower(one, input)),
    ...(standing.length > 0 ? survivors.flatMap((one) => backByItself(one, input)) : []),
    ...powerOn.flatMap((one) => (remedy === 'power-cycle' ? backFromSilence(one, input) : startedByItself(one, input))),
  ];
  return says.length === 0 ? { kind: 'same' } : { kind: 'drifted', says: says.join('; ') };
}

/** What differs from the plan at any time before Release; empty when nothing does. */
export function driftOf(seen: SeenAgain): string[] {
  const { plan, inventory, fleet, network, openedAt } = seen;
  // With a leader and a quorum a newcomer is filled by the leader; without them it may erase every job (E3).
  const strangers =
    plan.standing.length > 0
      ? []
      : strangersOf({ fleet, network, inventory, membership: asStarted(plan), openedAt, own: plan.letIn });
  return [
    ...leaderDrift(plan, network),
    ...strangers.map(({ says }) => says),
    ...plan.survivors.flatMap((survivor) => survivorDrift(survivor, fleet)),
    ...plan.standing.flatMap((server) => standingDrift(server, network)),
    ...plan.removals.flatMap((removal) => removalDrift(removal, seen)),
    ...plan.excluded.flatMap((excluded) => excludedDrift(excluded, seen)),
    ...plan.keptOut.flatMap((exclusion) => keptOutDrift(exclusion, seen)),
    ...plan.joining.flatMap((host) => survivorDrift(host, fleet)),
  ];
}

/** The old configuration, and the names and addresses under which its servers run and will start. */
function asStarted({ membership, survivors, standing }: Plan): RaftServer[] {
  return [...membership, ...[...survivors, ...standing].map((one) => ({ ...one, suffrage: 'voter' as const }))];
}

/** A plan for a working cluster needs its leader; every other plan is void as soon as anybody leads (design rule 6). */
function leaderDrift({ standing, removals }: Plan, network: NetworkView): string[] {
  const leader = leaderSeen(network);
  if (standing.length === 0) return leader.kind === 'none' ? [] : [leaderText(leader)];
  const leaving = removals.flatMap(({ by, id }) => (by === 'leave' ? [id] : []));
  if (leader.kind !== 'leader') return [`there is no leader any more: ${leaderText(leader)}`];
  const isKnown = standing.some(({ id }) => id === leader.id) || leaving.includes(leader.id);
  return isKnown ? [] : [`${leader.id} leads now, and its host was not looked at for this plan`];
}

function standingDrift({ id, address }: Survivor, network: NetworkView): string[] {
  return answersAt(network, address) ? [] : [`${id} does not answer any more`];
}

function removalDrift(removal: Removal, seen: SeenAgain): string[] {
  const { id, address } = removal;
  const answers = answersAt(seen.network, address);
  if (removal.by === 'leave') return answers ? [] : [`${id} does not answer any more: it cannot leave by itself`];
  if (answers) return [`${id} answers again: it is not removed`];
  return removal.declared ? declaredDrift(removal.declared, { ...seen, serverId: id, address }, words(seen)) : [];
}

/** Before it is held: a server that came back needs no start. */
function backByItself({ id, address }: Survivor, { network }: SeenAgain): string[] {
  return answersAt(network, address) ? [`${id} answers again: there is nothing to start`] : [];
}

function startedByItself({ id, instanceId }: PowerOn, { fleet }: SeenAgain): string[] {
  const state = find(fleet, instanceId)?.state ?? 'not there any more';
  return state === 'stopped' ? [] : [`${instanceId} of ${id} is ${state}`];
}

/** Before it is stopped: a host that can be reached again needs no power-cycle. */
function backFromSilence({ id, instanceId }: PowerOn, { plan, fleet, network }: SeenAgain): string[] {
  const instance = find(fleet, instanceId);
  const state = instance?.state ?? 'not there any more';
  if (state !== 'running') return [`${instanceId} of ${id} is ${state}`];
  const back = instance ? agentIsBack(id, instance) : [];
  if (back.length > 0) return back;
  const address = plan.membership.find((member) => member.id === id)?.address;
  return address !== undefined && answersAt(network, address) ? [`${id} answers again`] : [];
}

function survivorDrift({ id, instanceId, address }: Survivor, fleet: FleetView): string[] {
  const instance = find(fleet, instanceId);
  if (!instance) return [`the host of ${id}, ${instanceId}, is not there any more`];
  if (instance.state !== 'running') return [`the host of ${id}, ${instanceId}, is ${instance.state}`];
  if (instance.agent !== 'connected') return [`the agent of ${id} on ${instanceId} is not connected any more`];
  const owner = fleet.instances.find((one) => one.instanceId !== instanceId && owns(one, address));
  return owner ? [`${owner.instanceId} has the address of ${id} now`] : [];
}

function excludedDrift({ id, address, fence }: Excluded, seen: SeenAgain): string[] {
  const { fleet, network } = seen;
  if (answersAt(network, address) && fence.kind !== 'hold') return [`${id} answers again: it is not lost`];
  switch (fence.kind) {
    case 'gone': {
      if (fence.declared) return declaredDrift(fence.declared, { ...seen, serverId: id, address }, words(seen));
      const back = fleet.instances.find((instance) => owns(instance, address));
      return back ? [`${back.instanceId} has the address of ${id} now`] : goneDrift(id, fleet);
    }
    case 'hold':
    case 'quarantine-stop':
      return find(fleet, fence.instanceId) ? [] : [`the host of ${id}, ${fence.instanceId}, is not there any more`];
  }
}

/** Who was taken out before must stay out while a server joins: an empty one beside it votes for it (E1). */
function keptOutDrift(exclusion: Exclusion, seen: SeenAgain): string[] {
  const { serverId, address, fence } = exclusion;
  const { plan, fleet, network } = seen;
  const heirs = [...plan.membership, ...plan.joining];
  const alive = signOfLife(exclusion, network, heirs);
  const doubt = alive ?? volumeElsewhere(exclusion, fleet.instances);
  if (doubt !== null) return [`the fence of ${serverId} does not stand: ${doubt}`];
  if (fence.kind === 'gone') {
    return fence.declared ? declaredDoubts(fence.declared, { ...seen, serverId, address, heirs }, words(seen)) : [];
  }
  if (fence.kind !== 'quarantine-stop' || plan.letIn.includes(fence.instanceId)) return [];
  const instance = find(fleet, fence.instanceId);
  if (!instance || instance.state === 'stopped') return [];
  return [`the fence of ${serverId} does not stand: its host ${fence.instanceId} is ${instance.state}`];
}

function words({ declarations = [] }: SeenAgain): readonly Declaration[] {
  return declarations;
}

function goneDrift(id: string, { remains }: FleetView): string[] {
  const left = remains.find(({ serverId }) => serverId === id);
  if (!left) return [`nothing proves any more that ${id} is gone`];
  const { isGone, evidence } = goneProof(left, []);
  return isGone ? [] : [`${id} is not proved gone any more: ${evidence}`];
}

/**
 * A silent host whose agent is back, or that somebody stopped with its data: it can be started again, and perhaps the quorum
 * with it. Meaningful before Secure only, which stops such hosts itself.
 */
function backWithPower(excluded: Excluded, { fleet, inventory }: SeenAgain): string[] {
  const { id, class: hostClass, fence, fencedBefore } = excluded;
  if (fence.kind !== 'quarantine-stop' || hostClass !== 'unreachable' || fencedBefore) return [];
  const instance = find(fleet, fence.instanceId);
  if (!instance) return [];
  const known = inventory?.servers.find((server) => server.id === id) ?? null;
  const back = cameBack(excluded, instance);
  if (back.length > 0) return back;
  return isStoppedWithData(instance, known) ? [`${fence.instanceId} of ${id} is stopped and can be started again`] : [];
}

/** Whether anything answers RaftGetConfiguration at a Raft address. */
export function answersAt(network: NetworkView, address: string): boolean {
  return network.reports.some((report) => report.address === hostOf(address) && report.raft.outcome === 'answered');
}

function owns(instance: Instance, address: string): boolean {
  return isLiving(instance) && addressesOf(instance).includes(hostOf(address));
}

function find(fleet: FleetView, id: string): Instance | undefined {
  return fleet.instances.find((instance) => instance.instanceId === id && isLiving(instance));
}

function isLiving({ state }: Instance): boolean {
  return state !== 'terminated' && state !== 'shutting-down';
}
