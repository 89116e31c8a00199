import type { Cluster } from './cluster';
import { leaderSeen } from './leader';
import type { Excluded, Plan, Survivor } from './plan';
import { strangersOf } from './strangers';
import type { FleetView, Instance, Inventory, NetworkView } from './survey';
import { hostOf } from './targets';

export interface LookAgainInput {
  readonly plan: Plan;
  readonly cluster: Cluster;
  readonly inventory: Inventory | null;
  readonly fleet: FleetView;
  readonly network: NetworkView;
  readonly openedAt: string;
}

/** Whether the world is still the one that was approved. Needs no command on hosts: fleet and network only (design §2). */
export function lookAgain(
  input: LookAgainInput,
): { readonly kind: 'same' } | { readonly kind: 'drifted'; readonly says: string } {
  const [says] = driftOf(input);
  return says === undefined ? { kind: 'same' } : { kind: 'drifted', says };
}

/** Everything that differs; empty when nothing does. */
export function driftOf({ plan, inventory, fleet, network, openedAt }: LookAgainInput): string[] {
  const leader = leaderSeen(network);
  const led = {
    leader: () => [`${leader.kind === 'leader' ? leader.id : ''} leads now`],
    none: () => [],
    disagreement: () => [leader.kind === 'disagreement' ? leader.says : ''],
  }[leader.kind]();
  return [
    ...led,
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
  const owned = instance.interfaces.flatMap(({ addresses }) => addresses);
  return owned.includes(hostOf(address)) ? [] : [`${instanceId} does not own ${hostOf(address)} any more`];
}

function excludedDrift({ id, address, fence }: Excluded, fleet: FleetView, network: NetworkView): string[] {
  const answers = network.reports.some(
    ({ address: at, raft }) => at === hostOf(address) && raft.outcome === 'answered',
  );
  if (answers && fence.kind !== 'hold') return [`${id} answers again: it is not lost`];
  if (fence.kind === 'gone') {
    const back = fleet.instances.find(
      ({ state, interfaces }) =>
        state !== 'terminated' &&
        state !== 'shutting-down' &&
        interfaces.some(({ addresses }) => addresses.includes(hostOf(address))),
    );
    return back ? [`${back.instanceId} owns the address of ${id} now`] : [];
  }
  const instance = find(fleet, fence.instanceId);
  if (!instance) return [`the host of ${id}, ${fence.instanceId}, is not there any more`];
  if (fence.kind === 'quarantine-stop' && instance.agent === 'connected')
    return [`the agent of ${id} on ${fence.instanceId} is connected again`];
  return [];
}

function find(fleet: FleetView, id: string): Instance | undefined {
  return fleet.instances.find(
    ({ instanceId, state }) => instanceId === id && state !== 'terminated' && state !== 'shutting-down',
  );
}
