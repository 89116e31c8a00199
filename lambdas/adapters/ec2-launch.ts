import {
  DescribeLaunchTemplateVersionsCommand,
  EC2Client,
  EC2ServiceException,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import type { ResponseLaunchTemplateData, RunInstancesCommandInput } from '@aws-sdk/client-ec2';
import type { Instance as Ec2Instance } from '@aws-sdk/client-ec2';
import { RequorumError } from '../../lib/recovery/errors';
import { instancesOfSelector } from './ec2';

const client = new EC2Client({});
type Tags = Readonly<Record<string, string>>;

interface Version {
  readonly template: string;
  readonly version: string;
}

/** @throws RequorumError CannotLaunch where there is no such version */
const dataOf = async ({ template, version }: Version): Promise<ResponseLaunchTemplateData> => {
  const { LaunchTemplateVersions = [] } = await client.send(
    new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateId: template, Versions: [version] }),
  );
  const [found] = LaunchTemplateVersions;
  if (found?.LaunchTemplateData) return found.LaunchTemplateData;
  throw new RequorumError('CannotLaunch', `launch template ${template} has no version ${version}`);
};

/**
 * Groups that a host of this template comes up in by itself.
 * @throws RequorumError CannotLaunch where the template names none: then nobody could say what a new host needs to be let in
 */
export const groupsOfTemplate = async (of: Version): Promise<string[]> => {
  const { SecurityGroupIds = [], NetworkInterfaces = [] } = await dataOf(of);
  const groups = [...new Set([...SecurityGroupIds, ...NetworkInterfaces.flatMap(({ Groups = [] }) => Groups)])];
  if (groups.length > 0) return groups;
  throw new RequorumError('CannotLaunch', `launch template ${of.template} names no security group by its id`);
};

/** The instance that was asked for with this token, whatever became of the call that asked; null while there is none. */
export const instanceOfToken = async (selector: Tags, token: string): Promise<Ec2Instance | null> =>
  (await instancesOfSelector(selector)).find(({ ClientToken }) => ClientToken === token) ?? null;

export interface Launching extends Version {
  readonly token: string;
  readonly subnetId: string | null;
  /** The only group of each of its interfaces. */
  readonly group: string;
  readonly tags: Tags;
}

/**
 * One instance of the template, in our group and subnet in place of its own, from the first moment. The same token gives the
 * same instance.
 * @throws RequorumError CannotLaunch with what EC2 says
 */
export const runInstance = async (launching: Launching): Promise<void> => {
  const { template, version, token } = launching;
  const data = await dataOf(launching);
  const input: RunInstancesCommandInput = {
    MinCount: 1,
    MaxCount: 1,
    ClientToken: token,
    LaunchTemplate: { LaunchTemplateId: template, Version: version },
    TagSpecifications: [{ ResourceType: 'instance', Tags: tagsOf(data, launching.tags) }],
    ...networkOf(data, launching),
  };
  try {
    await client.send(new RunInstancesCommand(input));
  } catch (thrown) {
    if (!(thrown instanceof EC2ServiceException)) throw thrown;
    throw new RequorumError('CannotLaunch', `${thrown.name}: ${thrown.message}`, { cause: thrown });
  }
};

/** The template's own tags with ours over them: whether a request adds to a template's tags or replaces them is not relied on. */
const tagsOf = ({ TagSpecifications = [] }: ResponseLaunchTemplateData, tags: Tags) => {
  const own = TagSpecifications.filter(({ ResourceType }) => ResourceType === 'instance').flatMap(
    ({ Tags = [] }) => Tags,
  );
  const all = new Map([...own.map(({ Key = '', Value = '' }) => [Key, Value] as const), ...Object.entries(tags)]);
  return [...all].map(([Key, Value]) => ({ Key, Value }));
};

/** Interfaces where the template has them, else the instance's own parameters: a request may not mix the two. */
const networkOf = (
  { NetworkInterfaces = [] }: ResponseLaunchTemplateData,
  { group, subnetId }: Launching,
): Pick<RunInstancesCommandInput, 'SubnetId' | 'SecurityGroupIds' | 'NetworkInterfaces'> => {
  if (NetworkInterfaces.length === 0) return { SecurityGroupIds: [group], SubnetId: subnetId ?? undefined };
  return {
    NetworkInterfaces: NetworkInterfaces.map((one) => ({
      ...one,
      Groups: [group],
      SubnetId: subnetId ?? one.SubnetId,
    })),
  };
};
