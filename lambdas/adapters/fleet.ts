import type { NetworkInterface, Volume } from '@aws-sdk/client-ec2';
import type { Cluster } from '../../lib/recovery/cluster';
import type { FleetView, Instance, Inventory, Neighbour, Remains, ScalingGroup } from '../../lib/recovery/survey';
import { groupsAround, groupsOf } from './autoscaling';
import type { Clock } from './clock';
import { nowIso, systemClock } from './clock';
import { instancesById, instancesInGroups, instancesOfSelector, interfacesWithAddress, volumesById } from './ec2';
import { describeInstance, describeNeighbour, stateOf } from './fleet-instance';

type Known = Inventory['servers'][number];
type States = ReadonlyMap<string, Remains['instance']>;

const hostOf = (address: string): string => address.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');

const volumeState = (volumeId: string, volumes: readonly Volume[]): Remains['volumes'][number] => {
  const volume = volumes.find((one) => one.VolumeId === volumeId);
  const attachedTo = volume?.Attachments?.find(({ State }) => State !== 'detached')?.InstanceId ?? null;
  return { volumeId, state: volume?.State ?? 'deleted', attachedTo };
};

/** While a terminated instance is still listed, its interface may be listed with it: that one holds nothing. */
const holderOf = (
  address: string,
  interfaces: readonly NetworkInterface[],
  states: States,
): Remains['addressHeldBy'] => {
  const holder = interfaces.find(
    ({ Attachment, PrivateIpAddresses = [] }) =>
      PrivateIpAddresses.some(({ PrivateIpAddress }) => PrivateIpAddress === address) &&
      states.get(Attachment?.InstanceId ?? '') !== 'terminated',
  );
  if (!holder) return null;
  return { interfaceId: holder.NetworkInterfaceId ?? '', instanceId: holder.Attachment?.InstanceId ?? null };
};

/** The proof behind `gone`: what EC2 says today about the instance, volumes and address of each known server (design rule 14). */
const remainsOf = async (servers: readonly Known[], vpcId: string | null): Promise<Remains[]> => {
  const [volumes, interfaces] = await Promise.all([
    volumesById(servers.flatMap(({ volumeIds }) => volumeIds)),
    interfacesWithAddress(
      servers.map(({ address }) => hostOf(address)),
      vpcId,
    ),
  ]);
  const holders = interfaces.map(({ Attachment }) => Attachment?.InstanceId).filter((id) => id !== undefined);
  const instances = await instancesById([...new Set([...servers.map(({ instanceId }) => instanceId), ...holders])]);
  const states: States = new Map(instances.map((instance) => [instance.InstanceId ?? '', stateOf(instance)]));
  return servers.map(({ id, instanceId, address, volumeIds }) => ({
    serverId: id,
    instanceId,
    instance: states.get(instanceId) ?? 'absent',
    volumes: volumeIds.map((volumeId) => volumeState(volumeId, volumes)),
    addressHeldBy: holderOf(hostOf(address), interfaces, states),
  }));
};

/** Newest first, since those are the ones that may have come in the outage; no more than this, for a group may be a crowd. */
const MOST_NEIGHBOURS = 16;

const neighboursOf = async (instances: readonly Instance[], scaling: readonly ScalingGroup[]): Promise<Neighbour[]> => {
  const own = new Set(instances.map(({ instanceId }) => instanceId));
  const living = instances.filter(({ state }) => state === 'running' || state === 'stopped');
  const groups = living.flatMap(({ interfaces }) => interfaces.flatMap((one) => one.groups));
  const groupOf = new Map(scaling.flatMap(({ name, members }) => members.map((one) => [one.instanceId, name])));
  const beside = [...groupOf.keys()].filter((id) => !own.has(id));
  const found = await Promise.all([instancesInGroups([...new Set(groups)]), instancesById(beside)]);
  const byId = new Map(found.flat().map((instance) => [instance.InstanceId ?? '', instance]));
  return [...byId]
    .filter(([id]) => !own.has(id))
    .map(([id, instance]) => describeNeighbour(instance, groupOf.get(id) ?? null))
    .sort((a, b) => (a.launchedAt > b.launchedAt ? -1 : 1))
    .slice(0, MOST_NEIGHBOURS);
};

/** Groups that have hosts of the cluster now, and those that had them in good times: they go on launching. */
const scalingAround = (
  cluster: Cluster,
  memberships: ReadonlyMap<string, string>,
  inventory: Inventory | null,
): Promise<ScalingGroup[]> => {
  const then = (inventory?.servers ?? []).map(({ autoScalingGroup }) => autoScalingGroup);
  const names = new Set([...memberships.values(), ...then].filter((name) => name !== null));
  return groupsAround([...names], cluster.selector);
};

/** The fleet view of a cluster: instances of its selector now, and what is left of the servers the inventory knows. */
export const describeFleet = async (
  cluster: Cluster,
  inventory: Inventory | null,
  clock: Clock = systemClock,
): Promise<FleetView> => {
  const at = nowIso(clock);
  const found = await instancesOfSelector(cluster.selector);
  const memberships = await groupsOf(found.map(({ InstanceId }) => InstanceId).filter((id) => id !== undefined));
  const instances = await Promise.all(
    found.map((instance) => describeInstance(instance, memberships.get(instance.InstanceId ?? '') ?? null)),
  );
  const groups = await scalingAround(cluster, memberships, inventory);
  const neighbours = await neighboursOf(instances, groups);
  const vpcId = cluster.vpc?.vpcId ?? found.find(({ VpcId }) => VpcId)?.VpcId ?? null;
  return { at, instances, remains: await remainsOf(inventory?.servers ?? [], vpcId), neighbours, groups };
};
