import {
  AutoScalingClient,
  type AutoScalingGroup,
  DescribeAutoScalingInstancesCommand,
  DescribeInstanceRefreshesCommand,
  type Filter,
  paginateDescribeAutoScalingGroups,
} from '@aws-sdk/client-auto-scaling';
import type { ScalingGroup } from '../../lib/recovery/survey';

const client = new AutoScalingClient({});
/** DescribeAutoScalingInstances takes this many ids at a time. */
const PAGE = 50;
/** States in which an instance refresh replaces members, or will. */
const UNDER_WAY = ['Pending', 'InProgress', 'Cancelling', 'RollbackInProgress', 'Baking'];

type Tags = Readonly<Record<string, string>>;

/** Which group each instance belongs to; an instance of none is not in the map. */
export const groupsOf = async (instanceIds: readonly string[]): Promise<ReadonlyMap<string, string>> => {
  const groups = new Map<string, string>();
  for (let from = 0; from < instanceIds.length; from += PAGE) {
    const page = instanceIds.slice(from, from + PAGE);
    const { AutoScalingInstances = [] } = await client.send(
      new DescribeAutoScalingInstancesCommand({ InstanceIds: page }),
    );
    for (const { InstanceId, AutoScalingGroupName } of AutoScalingInstances) {
      if (InstanceId && AutoScalingGroupName) groups.set(InstanceId, AutoScalingGroupName);
    }
  }
  return groups;
};

/** Groups of these names, and groups whose new members get every tag of the selector from them. */
export const groupsAround = async (names: readonly string[], selector: Tags): Promise<ScalingGroup[]> => {
  const byTag = Object.entries(selector).map(([key, value]): Filter => ({ Name: `tag:${key}`, Values: [value] }));
  const found = [
    ...(names.length === 0 ? [] : await describe({ AutoScalingGroupNames: [...names] })),
    ...(await describe({ Filters: byTag })).filter((group) => bears(group, selector, true)),
  ];
  const byName = new Map(found.map((group) => [group.AutoScalingGroupName ?? '', group]));
  return Promise.all([...byName.values()].map((group) => asSeen(group, selector)));
};

const describe = async (which: {
  readonly AutoScalingGroupNames?: string[];
  readonly Filters?: Filter[];
}): Promise<AutoScalingGroup[]> => {
  const groups: AutoScalingGroup[] = [];
  for await (const page of paginateDescribeAutoScalingGroups({ client }, which)) {
    groups.push(...(page.AutoScalingGroups ?? []));
  }
  return groups;
};

const bears = ({ Tags = [] }: AutoScalingGroup, selector: Tags, atLaunch: boolean): boolean =>
  Object.entries(selector).every(([key, value]) =>
    Tags.some((tag) => tag.Key === key && tag.Value === value && (!atLaunch || tag.PropagateAtLaunch === true)),
  );

const asSeen = async (group: AutoScalingGroup, selector: Tags): Promise<ScalingGroup> => {
  const name = group.AutoScalingGroupName ?? '';
  return {
    name,
    min: group.MinSize ?? 0,
    desired: group.DesiredCapacity ?? 0,
    max: group.MaxSize ?? 0,
    suspended: (group.SuspendedProcesses ?? []).flatMap(({ ProcessName }) => ProcessName ?? []).sort(),
    members: (group.Instances ?? []).map(({ InstanceId = '', LifecycleState = '', HealthStatus }) => ({
      instanceId: InstanceId,
      lifecycle: LifecycleState,
      healthy: HealthStatus !== 'Unhealthy',
    })),
    healthCheck: group.HealthCheckType ?? 'EC2',
    refresh: await refreshOf(name),
    tagged: bears(group, selector, false),
  };
};

const refreshOf = async (name: string): Promise<string | null> => {
  const { InstanceRefreshes = [] } = await client.send(
    new DescribeInstanceRefreshesCommand({ AutoScalingGroupName: name }),
  );
  return InstanceRefreshes.find(({ Status = '' }) => UNDER_WAY.includes(Status))?.Status ?? null;
};
