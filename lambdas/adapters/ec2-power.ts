import {
  EC2Client,
  ModifyNetworkInterfaceAttributeCommand,
  StartInstancesCommand,
  StopInstancesCommand,
} from '@aws-sdk/client-ec2';

const client = new EC2Client({});

/*
 * What changes instances. Apart from ec2.ts, which only describes: few functions may import this file.
 */

/** Per interface: ModifyInstanceAttribute fails on an instance with more than one (facts/aws). */
export const putIntoGroups = async (interfaceId: string, groups: readonly string[]): Promise<void> => {
  const modify = { NetworkInterfaceId: interfaceId, Groups: [...groups] };
  await client.send(new ModifyNetworkInterfaceAttributeCommand(modify));
};

/** Without an orderly shutdown of the system: a SIGTERM would make Dkron leave, and shrink the configuration. */
export const stopInstance = async (instanceId: string, { force }: { readonly force: boolean }): Promise<void> => {
  await client.send(new StopInstancesCommand({ InstanceIds: [instanceId], SkipOsShutdown: true, Force: force }));
};

export const startInstance = async (instanceId: string): Promise<void> => {
  await client.send(new StartInstancesCommand({ InstanceIds: [instanceId] }));
};
