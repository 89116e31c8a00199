import { AutoScalingClient, DescribeAutoScalingInstancesCommand } from '@aws-sdk/client-auto-scaling';

const client = new AutoScalingClient({});
/** DescribeAutoScalingInstances takes this many ids at a time. */
const PAGE = 50;

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
