import {
  AttachInstancesCommand,
  type AutoScalingGroup,
  CreateAutoScalingGroupCommand,
  DescribeAutoScalingGroupsCommand,
  UpdateAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import * as z from 'zod';
import type { Lab } from './lab';
import { control } from './launcher';

const Template = z.object({ launchTemplate: z.string() });

export interface Joining {
  /** Server ids. */
  readonly members: readonly string[];
  /** @default 0 */
  readonly min?: number;
}

/**
 * Hosts become members of a new Auto Scaling group, as an operator would have made it: tagged like the cluster, and what it
 * launches is a server whose image has the packaged bootstrap-expect 1.
 */
export async function joinGroup(lab: Lab, name: string, { members, min = 0 }: Joining): Promise<void> {
  const { autoScaling } = lab.clients();
  const { launchTemplate } = Template.parse(await control(lab.about, 'template', { expect: 1 }));
  const tag = { Key: 'dkron-cluster', Value: 'demo', PropagateAtLaunch: true };
  await autoScaling.send(
    new CreateAutoScalingGroupCommand({
      AutoScalingGroupName: name,
      LaunchTemplate: { LaunchTemplateId: launchTemplate, Version: '$Default' },
      MinSize: 0,
      MaxSize: 9,
      DesiredCapacity: 0,
      VPCZoneIdentifier: lab.about.vpc.subnetIds.join(),
      Tags: [{ ...tag, ResourceId: name, ResourceType: 'auto-scaling-group' }],
    }),
  );
  const InstanceIds = members.map((id) => lab.host(id).instanceId);
  await autoScaling.send(new AttachInstancesCommand({ AutoScalingGroupName: name, InstanceIds }));
  await autoScaling.send(new UpdateAutoScalingGroupCommand({ AutoScalingGroupName: name, MinSize: min }));
}

/** The group as Auto Scaling describes it. */
export async function groupNamed(lab: Lab, name: string): Promise<AutoScalingGroup> {
  const { autoScaling } = lab.clients();
  const { AutoScalingGroups: [group] = [] } = await autoScaling.send(
    new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name] }),
  );
  if (!group) throw new Error(`there is no Auto Scaling group ${name}`);
  return group;
}

/** An instance refresh in this state. */
export const setRefresh = (lab: Lab, name: string, status = 'InProgress'): Promise<unknown> =>
  control(lab.about, `groups/${name}/refresh`, { status });
