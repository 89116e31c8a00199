import {
  AutoScalingClient,
  AutoScalingServiceException,
  DescribeAutoScalingGroupsCommand,
  type DescribeAutoScalingGroupsCommandInput,
  DescribeAutoScalingInstancesCommand,
  type DescribeAutoScalingInstancesCommandInput,
  DescribeInstanceRefreshesCommand,
  type DescribeInstanceRefreshesCommandInput,
  EnterStandbyCommand,
  type EnterStandbyCommandInput,
  ExitStandbyCommand,
  type ExitStandbyCommandInput,
  ResumeProcessesCommand,
  type ResumeProcessesCommandInput,
  SetInstanceHealthCommand,
  type SetInstanceHealthCommandInput,
  SuspendProcessesCommand,
  type SuspendProcessesCommandInput,
} from '@aws-sdk/client-auto-scaling';
import {
  DescribeInstanceAttributeCommand,
  type DescribeInstanceAttributeCommandInput,
  DescribeInstancesCommand,
  type DescribeInstancesCommandInput,
  DescribeInstanceTypesCommand,
  type DescribeInstanceTypesCommandInput,
  DescribeNetworkInterfacesCommand,
  type DescribeNetworkInterfacesCommandInput,
  DescribeSpotInstanceRequestsCommand,
  DescribeVolumesCommand,
  type DescribeVolumesCommandInput,
  EC2Client,
  type Filter,
  ModifyNetworkInterfaceAttributeCommand,
  type ModifyNetworkInterfaceAttributeCommandInput,
  StartInstancesCommand,
  type StartInstancesCommandInput,
  StopInstancesCommand,
  type StopInstancesCommandInput,
} from '@aws-sdk/client-ec2';
import { mockClient } from 'aws-sdk-client-mock';
import type { Instance } from '../../lib/recovery/survey';

/*
 * EC2 and Auto Scaling as far as they are described and changed, in memory, behind the SDK's own commands. Its promises:
 * - what is asked for by filter and is not there is missing from the answer; an unknown filter throws;
 * - a terminated instance stays listed, has no interfaces and no volumes, and its volume is deleted;
 * - a stop leads to `stopping`, and to `stopped` when the test says `settle`; a start leads to `running` likewise;
 * - EC2 refuses to stop what is pending and to start what is not stopped (IncorrectInstanceState);
 * - Auto Scaling refuses Standby below MinSize, and to take anybody out of it while Launch is suspended;
 * - every change is written down in order, as one line.
 */
export class FakeFleet {
  readonly changes: string[] = [];
  /** Happens before a change is done: to look, or to throw. */
  beforeChange: (change: string) => Promise<void> | void = () => undefined;
  /** Groups by name: one for each name that an instance of the beginning has as its `group`. */
  readonly scaling = new Map<string, FakeGroup>();
  protected readonly instances = new Map<string, FakeInstance>();
  protected readonly ec2 = mockClient(EC2Client);
  protected readonly groups = mockClient(AutoScalingClient);

  constructor(instances: readonly Partial<FakeInstance>[]) {
    for (const [at, given] of instances.entries()) {
      const made = instance(at + 1, given);
      this.instances.set(made.id, made);
      if (made.group) this.scaling.set(made.group, this.scaling.get(made.group) ?? fakeGroup());
    }
    for (const [name, group] of this.scaling) group.desired = this.membersOf(name).length;
    this.describes();
    this.changesInstances();
    this.describesGroups();
    this.changesGroups();
    this.groups
      .on(DescribeAutoScalingInstancesCommand)
      .callsFake(({ InstanceIds = [] }: DescribeAutoScalingInstancesCommandInput) => ({
        AutoScalingInstances: InstanceIds.map((id) => this.instances.get(id))
          .filter((one) => one?.group)
          .map((one) => ({ InstanceId: one?.id, AutoScalingGroupName: one?.group })),
      }));
  }

  of(id: string): FakeInstance {
    const found = this.instances.get(id);
    if (!found) throw new Error(`no instance ${id}`);
    return found;
  }

  /** What was on its way has arrived. */
  settle(): void {
    for (const one of this.instances.values()) {
      if (one.state === 'stopping') one.state = 'stopped';
      if (one.state === 'pending') one.state = 'running';
    }
  }

  end(): void {
    this.ec2.restore();
    this.groups.restore();
  }

  private membersOf(name: string): FakeInstance[] {
    return [...this.instances.values()].filter(({ group, state }) => group === name && state !== 'terminated');
  }

  private describesGroups(): void {
    this.groups
      .on(DescribeAutoScalingGroupsCommand)
      .callsFake(({ AutoScalingGroupNames: names, Filters }: DescribeAutoScalingGroupsCommandInput) => ({
        AutoScalingGroups: [...this.scaling]
          .filter(([name, { tags }]) =>
            names
              ? names.includes(name)
              : Filters?.every(({ Name, Values = [] }) => Values.includes(tags[Name?.slice(4) ?? ''] ?? '')),
          )
          .map(([name, group]) => ({
            AutoScalingGroupName: name,
            MinSize: group.min,
            MaxSize: 9,
            DesiredCapacity: group.desired,
            HealthCheckType: 'EC2',
            SuspendedProcesses: group.suspended.map((ProcessName) => ({ ProcessName })),
            Tags: Object.entries(group.tags).map(([Key, Value]) => ({ Key, Value, PropagateAtLaunch: true })),
            Instances: this.membersOf(name).map(({ id }) => ({
              InstanceId: id,
              LifecycleState: group.lifecycle[id] ?? 'InService',
              HealthStatus: group.unhealthy.includes(id) ? 'Unhealthy' : 'Healthy',
            })),
          })),
      }));
    this.groups
      .on(DescribeInstanceRefreshesCommand)
      .callsFake(({ AutoScalingGroupName = '' }: DescribeInstanceRefreshesCommandInput) => {
        const Status = this.scaling.get(AutoScalingGroupName)?.refresh;
        return { InstanceRefreshes: Status ? [{ Status }] : [] };
      });
  }

  private changesGroups(): void {
    const named = (name = ''): FakeGroup => {
      const found = this.scaling.get(name);
      if (!found) throw new Error(`no group ${name}`);
      return found;
    };
    this.groups.on(SuspendProcessesCommand).callsFake(async (input: SuspendProcessesCommandInput) => {
      const { AutoScalingGroupName: name, ScalingProcesses: processes = [] } = input;
      await this.change(`${name} suspends ${processes.join(' ')}`);
      named(name).suspended.push(...processes);
      return {};
    });
    this.groups.on(ResumeProcessesCommand).callsFake(async (input: ResumeProcessesCommandInput) => {
      const { AutoScalingGroupName: name, ScalingProcesses: processes = [] } = input;
      await this.change(`${name} resumes ${processes.join(' ')}`);
      named(name).suspended = named(name).suspended.filter((one) => !processes.includes(one));
      return {};
    });
    this.groups.on(EnterStandbyCommand).callsFake(async (input: EnterStandbyCommandInput) => {
      const group = named(input.AutoScalingGroupName);
      for (const id of input.InstanceIds ?? []) {
        await this.change(`${id} into standby${input.ShouldDecrementDesiredCapacity ? ', one fewer' : ''}`);
        if (group.desired <= group.min) throw refusedBy('below min-size');
        group.lifecycle[id] = 'Standby';
        group.desired -= 1;
      }
      return {};
    });
    this.groups.on(ExitStandbyCommand).callsFake(async (input: ExitStandbyCommandInput) => {
      const group = named(input.AutoScalingGroupName);
      for (const id of input.InstanceIds ?? []) {
        await this.change(`${id} out of standby`);
        if (group.suspended.includes('Launch')) throw refusedBy('Launch is suspended');
        group.lifecycle[id] = 'InService';
        group.desired += 1;
      }
      return {};
    });
    this.groups.on(SetInstanceHealthCommand).callsFake(async (input: SetInstanceHealthCommandInput) => {
      const { InstanceId: id = '' } = input;
      await this.change(`${id} is ${input.HealthStatus}`);
      const group = named(this.of(id).group ?? '');
      group.unhealthy = group.unhealthy.filter((one) => one !== id);
      return {};
    });
  }

  private get alive(): FakeInstance[] {
    return [...this.instances.values()].filter(({ state }) => state !== 'terminated');
  }

  private describes(): void {
    this.ec2.on(DescribeInstancesCommand).callsFake(({ Filters = [] }: DescribeInstancesCommandInput) => {
      const found = [...this.instances.values()].filter((one) => Filters.every((filter) => matches(one, filter)));
      return { Reservations: found.map((one) => ({ Instances: [described(one)] })) };
    });
    this.ec2.on(DescribeVolumesCommand).callsFake(({ Filters }: DescribeVolumesCommandInput) => ({
      Volumes: this.alive
        .filter(({ volume }) => valuesOf(Filters, 'volume-id').includes(volume))
        .map(({ id, volume }) => ({
          VolumeId: volume,
          State: 'in-use',
          Attachments: [{ InstanceId: id, State: 'attached' }],
        })),
    }));
    this.ec2.on(DescribeNetworkInterfacesCommand).callsFake(({ Filters }: DescribeNetworkInterfacesCommandInput) => ({
      NetworkInterfaces: [...this.instances.values()]
        .filter(({ address }) => valuesOf(Filters, 'addresses.private-ip-address').includes(address))
        .map(({ id, nic, address }) => ({
          NetworkInterfaceId: nic,
          PrivateIpAddresses: [{ PrivateIpAddress: address }],
          Attachment: { InstanceId: id },
        })),
    }));
    this.ec2.on(DescribeInstanceTypesCommand).callsFake(({ InstanceTypes = [] }: DescribeInstanceTypesCommandInput) => {
      const [type = ''] = InstanceTypes;
      if (type.startsWith('new')) throw Object.assign(new Error(type), { name: 'InvalidInstanceType' });
      return { InstanceTypes: [{ InstanceStorageSupported: type.startsWith('m5d') }] };
    });
    this.ec2
      .on(DescribeInstanceAttributeCommand)
      .callsFake(({ InstanceId = '' }: DescribeInstanceAttributeCommandInput) => ({
        DisableApiStop: { Value: this.of(InstanceId).stopProtected },
      }));
    this.ec2.on(DescribeSpotInstanceRequestsCommand).resolves({ SpotInstanceRequests: [{ Type: 'persistent' }] });
  }

  private changesInstances(): void {
    this.ec2
      .on(ModifyNetworkInterfaceAttributeCommand)
      .callsFake(async ({ NetworkInterfaceId: nic, Groups = [] }: ModifyNetworkInterfaceAttributeCommandInput) => {
        await this.change(`${nic} into ${Groups.join()}`);
        const owner = this.alive.find((one) => one.nic === nic);
        if (owner) owner.groups = Groups;
        return {};
      });
    this.ec2.on(StopInstancesCommand).callsFake(async (input: StopInstancesCommandInput) => {
      for (const id of input.InstanceIds ?? []) {
        const flags = [input.SkipOsShutdown ? ' at once' : '', input.Force ? ' by force' : ''].join('');
        await this.change(`stop ${id}${flags}`);
        const one = this.of(id);
        if (one.state === 'pending') throw incorrectState(one);
        if (one.state === 'running') one.state = 'stopping';
      }
      return {};
    });
    this.ec2.on(StartInstancesCommand).callsFake(async ({ InstanceIds = [] }: StartInstancesCommandInput) => {
      for (const id of InstanceIds) {
        await this.change(`start ${id}`);
        const one = this.of(id);
        if (one.state !== 'stopped') throw incorrectState(one);
        one.state = 'pending';
      }
      return {};
    });
  }

  protected async change(says: string): Promise<void> {
    await this.beforeChange(says);
    this.changes.push(says);
  }
}

export interface FakeGroup {
  min: number;
  desired: number;
  suspended: string[];
  tags: Record<string, string>;
  refresh: string | null;
  /** By instance; InService where nothing is said. */
  readonly lifecycle: Record<string, string>;
  unhealthy: string[];
}

const fakeGroup = (): FakeGroup => ({
  ...{ min: 0, desired: 0, suspended: [], refresh: null, lifecycle: {}, unhealthy: [] },
  tags: { 'dkron-cluster': 'demo' },
});

const refusedBy = (message: string): Error =>
  new AutoScalingServiceException({ name: 'ValidationError', message, $fault: 'client', $metadata: {} });

export interface FakeInstance {
  readonly id: string;
  readonly nic: string;
  readonly address: string;
  readonly volume: string;
  state: Instance['state'];
  groups: string[];
  tags: Record<string, string>;
  type: string;
  group: string | null;
  spot: boolean;
  spotRequest: string | undefined;
  stopProtected: boolean;
  clientToken: string | undefined;
}

export const instance = (n: number, given: Partial<FakeInstance>): FakeInstance => ({
  id: `i-0000000${n}`,
  nic: `eni-${n}`,
  address: `10.0.0.${n}`,
  volume: `vol-${n}`,
  state: 'running',
  groups: ['sg-dkron'],
  tags: { 'dkron-cluster': 'demo', Name: `dkron-${n}` },
  type: 't3.small',
  group: null,
  spot: false,
  spotRequest: undefined,
  stopProtected: false,
  clientToken: undefined,
  ...given,
});

const incorrectState = ({ id, state }: FakeInstance): Error =>
  Object.assign(new Error(`${id} is ${state}`), { name: 'IncorrectInstanceState' });

const valuesOf = (filters: readonly Filter[] | undefined, name: string): readonly string[] =>
  filters?.find(({ Name }) => Name === name)?.Values ?? [];

const matches = (one: FakeInstance, { Name = '', Values = [] }: Filter): boolean => {
  if (Name === 'instance-id') return Values.includes(one.id);
  if (Name.startsWith('tag:')) return Values.includes(one.tags[Name.slice('tag:'.length)] ?? '(no such tag)');
  throw new Error(`unknown filter ${Name}`);
};

const described = (one: FakeInstance) => {
  const isThere = one.state !== 'terminated';
  return {
    InstanceId: one.id,
    State: { Name: one.state },
    InstanceType: one.type,
    ClientToken: one.clientToken,
    LaunchTime: new Date('2026-01-01T00:00:00.000Z'),
    VpcId: 'vpc-0a0a0a0a',
    RootDeviceType: 'ebs',
    Tags: Object.entries(one.tags).map(([Key, Value]) => ({ Key, Value })),
    NetworkInterfaces: isThere
      ? [
          {
            NetworkInterfaceId: one.nic,
            PrivateIpAddresses: [{ PrivateIpAddress: one.address }],
            Groups: one.groups.map((GroupId) => ({ GroupId })),
          },
        ]
      : [],
    BlockDeviceMappings: isThere
      ? [{ DeviceName: '/dev/xvda', Ebs: { VolumeId: one.volume, DeleteOnTermination: true } }]
      : [],
    ...(one.spot ? { InstanceLifecycle: 'spot', SpotInstanceRequestId: one.spotRequest } : {}),
  };
};
