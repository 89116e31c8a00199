import type { Cluster } from './cluster';
import { goneProof, isStoppedWithData } from './host-class';
import { leaderSeen } from './leader';
import type { Excluded, Plan, Survivor } from './plan';
import { addressesOf } from './servers';
import { strangersOf } from './strangers';
import type { FleetView, Instance, Inventory, NetworkView } from './survey';
import { hostOf } from './targets';
import { leaderText } from './verdict';

export interface SeenAgain {
  readonly plan: Plan;
  readonly cluster: Cluster;
  readonly inventory: Inventory | null;
  readonly fleet: FleetView;
  readonly network: NetworkView;
  readonly openedAt: string;
}

/** Whether the world is still the one that was approved. Needs no command on hosts: fleet and network only (design §2). */
export function lookAgain(
  input: SeenAgain,
): { readonly kind: 'same' } | { readonly kind: 'drifted'; readonly says: string } {
  const says = [...driftOf(input), ...input.plan.excluded.flatMap((excluded) => backWithPower(excluded, input))];
  return says.length === 0 ? { kind: 'same' } : { kind: 'drifted', says: says.join('; ') };
}

/** What differs from the plan at any time before Release; empty when nothing does. */
export function driftOf({ plan, inventory, fleet, network, openedAt }: SeenAgain): string[] {
  const leader = leaderSeen(network);
  return [
    ...(leader.kind === 'none' ? [] : [leaderText(leader)]),
    ...strangersOf({ fleet, network, inventory, membership: plan.membership, openedAt }).map(({ says }) => says),
    ...plan.survivors.flatMap((survivor) => survivorDrift(survivor, fleet)),
    ...plan.excluded.flatMap((excluded) => excludedDrift(excluded, fleet, network)),
  ];
}

function survivorDrift({ id, instanceId, address }: Survivor, fleet: FleetView): string[] {
  const instance = find(fleet, instanceId);
  if (!instance) return [`the host of ${id}, ${instanceId}, is not there any more`];
  if (instance.state !== 'running') return [`the host of ${id}, ${instanceId}, is ${instance.state}`];
  if (instance.agent !== 'connected') return [`the agent of ${id} on ${instanceId} is not connected any more`];
  const owner = fleet.instances.find((one) => one.instanceId !== instanceId && owns(one, address));
  return owner ? [`${owner.instanceId} has the address of ${id} now`] : [];
}

function excludedDrift({ id, address, fence }: Excluded, fleet: FleetView, network: NetworkView): string[] {
  if (answersAt(network, address) && fence.kind !== 'hold') return [`${id} answers again: it is not lost`];
  switch (fence.kind) {
    case 'gone': {
      const back = fleet.instances.find((instance) => owns(instance, address));
      return back ? [`${back.instanceId} has the address of ${id} now`] : goneDrift(id, fleet);
    }
    case 'hold':
    case 'quarantine-stop':
      return find(fleet, fence.instanceId) ? [] : [`the host of ${id}, ${fence.instanceId}, is not there any more`];
  }
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
function backWithPower({ id, class: hostClass, fence }: Excluded, { fleet, inventory }: SeenAgain): string[] {
  if (fence.kind !== 'quarantine-stop' || hostClass !== 'unreachable') return [];
  const instance = find(fleet, fence.instanceId);
  if (!instance) return [];
  const known = inventory?.servers.find((server) => server.id === id) ?? null;
  if (instance.state === 'running' && instance.agent === 'connected')
    return [`the agent of ${id} on ${fence.instanceId} is connected again`];
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
