import {
  AutoScalingClient,
  DescribeAutoScalingGroupsCommand,
  DetachInstancesCommand,
  SetDesiredCapacityCommand,
} from '@aws-sdk/client-auto-scaling';
import { RequorumError } from '../../lib/recovery/errors';

const client = new AutoScalingClient({});

export interface Group {
  readonly name: string;
  readonly desired: number;
  readonly most: number;
  /** Member with its lifecycle state: Pending, InService, … */
  readonly members: ReadonlyMap<string, string>;
  readonly suspended: readonly string[];
}

/** @throws RequorumError CannotLaunch where there is no group of that name */
export const groupNamed = async (name: string): Promise<Group> => {
  const { AutoScalingGroups = [] } = await client.send(
    new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name] }),
  );
  const [group] = AutoScalingGroups;
  if (!group) throw new RequorumError('CannotLaunch', `there is no Auto Scaling group ${name}`);
  const members = (group.Instances ?? []).map(({ InstanceId = '', LifecycleState = '' }) => [
    InstanceId,
    LifecycleState,
  ]);
  return {
    name,
    desired: group.DesiredCapacity ?? 0,
    most: group.MaxSize ?? 0,
    members: new Map(members as [string, string][]),
    suspended: (group.SuspendedProcesses ?? []).flatMap(({ ProcessName }) => ProcessName ?? []),
  };
};

/** An absolute number: asked twice, it is the same. */
export const setDesiredCapacity = async (name: string, desired: number): Promise<void> => {
  await client.send(
    new SetDesiredCapacityCommand({ AutoScalingGroupName: name, DesiredCapacity: desired, HonorCooldown: false }),
  );
};

/** Out of the group, which wants one fewer then: it neither ends the instance nor launches another in its stead. */
export const detach = async (name: string, instanceId: string): Promise<void> => {
  const lower = { ShouldDecrementDesiredCapacity: true };
  await client.send(new DetachInstancesCommand({ AutoScalingGroupName: name, InstanceIds: [instanceId], ...lower }));
};
