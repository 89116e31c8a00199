import {
  DescribeInstanceAttributeCommand,
  DescribeInstanceTypesCommand,
  DescribeNetworkInterfacesCommand,
  DescribeSpotInstanceRequestsCommand,
  DescribeVolumesCommand,
  EC2Client,
  paginateDescribeInstances,
} from '@aws-sdk/client-ec2';
import type {
  _InstanceType as InstanceType,
  Filter,
  Instance as Ec2Instance,
  NetworkInterface,
  Volume,
} from '@aws-sdk/client-ec2';
import { log } from './log';

const client = new EC2Client({});

const filter = (name: string, values: readonly string[]): Filter => ({ Name: name, Values: [...values] });

const describe = async (filters: Filter[]): Promise<Ec2Instance[]> => {
  const instances: Ec2Instance[] = [];
  for await (const page of paginateDescribeInstances({ client }, { Filters: filters })) {
    instances.push(...(page.Reservations ?? []).flatMap(({ Instances }) => Instances ?? []));
  }
  return instances;
};

/** Every instance that carries all tags of the selector, stopped and terminated ones as well. */
export const instancesOfSelector = (selector: Readonly<Record<string, string>>): Promise<Ec2Instance[]> =>
  describe(Object.entries(selector).map(([key, value]) => filter(`tag:${key}`, [value])));

/*
 * What is asked for by id is asked for by filter: an id that EC2 has forgotten then is missing from the answer, where
 * the id parameters would fail the whole call with NotFound.
 */

/** @returns those of the ids that EC2 still knows; a terminated instance is forgotten after about an hour */
export const instancesById = (ids: readonly string[]): Promise<Ec2Instance[]> =>
  ids.length === 0 ? Promise.resolve([]) : describe([filter('instance-id', ids)]);

/** @returns those of the ids that exist; a deleted volume does not */
export const volumesById = async (ids: readonly string[]): Promise<Volume[]> => {
  if (ids.length === 0) return [];
  const { Volumes = [] } = await client.send(new DescribeVolumesCommand({ Filters: [filter('volume-id', ids)] }));
  return Volumes;
};

/** Network interfaces that have one of the private IPv4 addresses; in one VPC where it is known, since VPCs may overlap. */
export const interfacesWithAddress = async (
  addresses: readonly string[],
  vpcId: string | null,
): Promise<NetworkInterface[]> => {
  if (addresses.length === 0) return [];
  const { NetworkInterfaces = [] } = await client.send(
    new DescribeNetworkInterfacesCommand({
      Filters: [filter('addresses.private-ip-address', addresses), ...(vpcId ? [filter('vpc-id', [vpcId])] : [])],
    }),
  );
  return NetworkInterfaces;
};

/** Instances that have a network interface in one of the groups. */
export const instancesInGroups = async (groups: readonly string[]): Promise<Ec2Instance[]> => {
  if (groups.length === 0) return [];
  const { NetworkInterfaces = [] } = await client.send(
    new DescribeNetworkInterfacesCommand({ Filters: [filter('group-id', groups)] }),
  );
  const ids = NetworkInterfaces.map(({ Attachment }) => Attachment?.InstanceId).filter((id) => id !== undefined);
  return instancesById([...new Set(ids)]);
};

/** Families whose types carry instance-store disks: a `d` after the generation (m5d, c6gd), or storage families. */
const STORAGE_BY_NAME = /^(i|d|h|im|is|x1e?|z1d)\d*[a-z]*\.|^[a-z]+\d+[a-z]*d[a-z-]*\./;

/** Whether an instance type carries disks whose content a stop destroys; by its name where EC2 does not know the type. */
export const carriesInstanceStore = async (type: InstanceType | undefined): Promise<boolean> => {
  if (!type) return false;
  try {
    const { InstanceTypes = [] } = await client.send(new DescribeInstanceTypesCommand({ InstanceTypes: [type] }));
    const known = InstanceTypes[0]?.InstanceStorageSupported;
    if (known !== undefined) return known;
  } catch (thrown) {
    log.warn('instance type not described; judged by its name', { type, error: String(thrown) });
  }
  return STORAGE_BY_NAME.test(type);
};

/** A stop that the API would refuse. An instance that is gone by now is not protected. */
export const isStopProtected = async (instanceId: string): Promise<boolean> => {
  try {
    const { DisableApiStop } = await client.send(
      new DescribeInstanceAttributeCommand({ InstanceId: instanceId, Attribute: 'disableApiStop' }),
    );
    return DisableApiStop?.Value ?? false;
  } catch (thrown) {
    if (thrown instanceof Error && thrown.name === 'InvalidInstanceID.NotFound') return false;
    throw thrown;
  }
};

/** A request that cannot be read counts as one-time, which cannot be stopped: the careful reading. */
export const spotKindOf = async (requestId: string | undefined): Promise<'one-time' | 'persistent'> => {
  if (!requestId) return 'one-time';
  const { SpotInstanceRequests = [] } = await client.send(
    new DescribeSpotInstanceRequestsCommand({ Filters: [filter('spot-instance-request-id', [requestId])] }),
  );
  return SpotInstanceRequests[0]?.Type ?? 'one-time';
};
