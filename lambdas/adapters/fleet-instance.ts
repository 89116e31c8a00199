import type { Instance as Ec2Instance } from '@aws-sdk/client-ec2';
import type { Instance, Neighbour } from '../../lib/recovery/survey';
import { RequorumError } from '../../lib/recovery/errors';
import { carriesInstanceStore, isStopProtected, spotKindOf } from './ec2';
import { agentOf } from './ssm';

/** Tags under this prefix override what Requorum would find out about a host by itself. */
const OVERRIDE_PREFIX = 'requorum:';

const overridesOf = (tags: Ec2Instance['Tags'] = []): Record<string, string> =>
  Object.fromEntries(
    tags
      .filter(({ Key }) => Key?.startsWith(OVERRIDE_PREFIX))
      .map(({ Key = '', Value = '' }) => [Key.slice(OVERRIDE_PREFIX.length), Value]),
  );

/** Network interfaces with the groups they are in now. */
export const interfacesOf = (instance: Ec2Instance): Instance['interfaces'] =>
  (instance.NetworkInterfaces ?? []).map((nic) => ({
    id: nic.NetworkInterfaceId ?? '',
    addresses: [
      ...(nic.PrivateIpAddresses ?? []).map(({ PrivateIpAddress }) => PrivateIpAddress),
      ...(nic.Ipv6Addresses ?? []).map(({ Ipv6Address }) => Ipv6Address),
    ].filter((address) => address !== undefined),
    publicAddresses: (nic.PrivateIpAddresses ?? [])
      .map(({ Association }) => Association?.PublicIp)
      .filter((address) => address !== undefined),
    groups: (nic.Groups ?? []).map(({ GroupId }) => GroupId).filter((id) => id !== undefined),
    subnetId: nic.SubnetId,
  }));

const volumesOf = (instance: Ec2Instance): Instance['volumes'] =>
  (instance.BlockDeviceMappings ?? []).flatMap(({ DeviceName = '', Ebs }) =>
    Ebs?.VolumeId
      ? [{ volumeId: Ebs.VolumeId, device: DeviceName, deleteOnTermination: Ebs.DeleteOnTermination ?? false }]
      : [],
  );

/** EC2's states are our words, one to one. */
export const stateOf = (instance: Ec2Instance): Instance['state'] => {
  const state = instance.State?.Name;
  if (state) return state;
  throw new RequorumError('Unexpected', `EC2 gave ${instance.InstanceId ?? 'an instance'} without a state`);
};

const spotOf = async ({ InstanceLifecycle, SpotInstanceRequestId }: Ec2Instance): Promise<Instance['spot']> =>
  InstanceLifecycle === 'spot' ? spotKindOf(SpotInstanceRequestId) : 'no';

const agentIn = async (instanceId: string, state: Instance['state']): Promise<Instance['agent']> =>
  state === 'running' ? agentOf(instanceId) : 'notconnected';

/** An instance beside the cluster, as far as it matters: where it is and since when. */
export const describeNeighbour = (instance: Ec2Instance, autoScalingGroup: string | null): Neighbour => ({
  instanceId: instance.InstanceId ?? '',
  state: stateOf(instance),
  launchedAt: (instance.LaunchTime ?? new Date(0)).toISOString(),
  interfaces: interfacesOf(instance),
  autoScalingGroup,
});

/** One instance as a fleet view has it; what a terminated one no longer answers is not asked. */
export const describeInstance = async (instance: Ec2Instance, autoScalingGroup: string | null): Promise<Instance> => {
  const { InstanceId: instanceId = '', LaunchTime } = instance;
  const state = stateOf(instance);
  const terminated = state === 'terminated' || state === 'shutting-down';
  const [instanceStore, stopProtected, agent, spot] = await Promise.all([
    carriesInstanceStore(instance.InstanceType),
    terminated ? false : isStopProtected(instanceId),
    agentIn(instanceId, state),
    spotOf(instance),
  ]);
  return {
    instanceId,
    name: instance.Tags?.find(({ Key }) => Key === 'Name')?.Value ?? null,
    state,
    launchedAt: (LaunchTime ?? new Date(0)).toISOString(),
    vpcId: instance.VpcId ?? null,
    interfaces: interfacesOf(instance),
    volumes: volumesOf(instance),
    rootDevice: instance.RootDeviceType === 'instance-store' ? 'instance-store' : 'ebs',
    instanceStore,
    spot,
    stopProtected,
    autoScalingGroup,
    agent,
    overrides: overridesOf(instance.Tags),
  };
};
