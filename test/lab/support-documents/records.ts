import {
  CreateSecurityGroupCommand,
  DescribeNetworkInterfacesCommand,
  DescribeVolumesCommand,
  ModifyNetworkInterfaceAttributeCommand,
  RevokeSecurityGroupEgressCommand,
} from '@aws-sdk/client-ec2';
import type { Lab } from '../../../lab/lab';

/** A disk as EC2 records it. */
export interface Volume {
  readonly id: string;
  readonly state: string;
  readonly instance: string | null;
  readonly device: string | null;
}

export async function volumes(lab: Lab): Promise<readonly Volume[]> {
  const { Volumes } = await lab.clients().ec2.send(new DescribeVolumesCommand({}));
  return (Volumes ?? []).map(({ VolumeId, State, Attachments }) => ({
    id: VolumeId ?? '',
    state: State ?? '',
    instance: Attachments?.[0]?.InstanceId ?? null,
    device: Attachments?.[0]?.Device ?? null,
  }));
}

/** A security group that lets nothing in and nothing out. */
export async function closedGroup(lab: Lab): Promise<string> {
  const { ec2 } = lab.clients();
  const made = await ec2.send(
    new CreateSecurityGroupCommand({ GroupName: 'closed', Description: 'nobody', VpcId: lab.about.vpc.vpcId }),
  );
  const GroupId = made.GroupId ?? '';
  const everything = { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] };
  await ec2.send(new RevokeSecurityGroupEgressCommand({ GroupId, IpPermissions: [everything] }));
  return GroupId;
}

/** Puts a host into these groups; gives those it was in. */
export async function regroup(lab: Lab, id: string, groups: readonly string[]): Promise<readonly string[]> {
  const { ec2 } = lab.clients();
  const owned = [{ Name: 'attachment.instance-id', Values: [lab.host(id).instanceId] }];
  const { NetworkInterfaces } = await ec2.send(new DescribeNetworkInterfacesCommand({ Filters: owned }));
  const [nic, ...more] = NetworkInterfaces ?? [];
  if (!nic || more.length > 0) throw new Error(`${id} has ${NetworkInterfaces?.length} interfaces`);
  const { NetworkInterfaceId } = nic;
  await ec2.send(new ModifyNetworkInterfaceAttributeCommand({ NetworkInterfaceId, Groups: [...groups] }));
  return (nic.Groups ?? []).map(({ GroupId }) => GroupId ?? '');
}
