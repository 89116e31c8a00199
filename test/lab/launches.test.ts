import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  DescribeInstancesCommand,
  EC2Client,
  RunInstancesCommand,
  type RunInstancesCommandInput,
} from '@aws-sdk/client-ec2';
import * as yaml from 'yaml';
import * as z from 'zod';
import { Lab, type LabHost } from '../../lab/lab';
import { deployTemplate, keysOf } from './support/launcher-stack';
import { within } from './support-documents/looks';

const PATIENCE_MS = 20_000;
const Settings = z.looseObject({
  'node-name': z.string(),
  'bootstrap-expect': z.number(),
  'retry-join': z.array(z.string()),
});
const Written = z.object({
  clusters: z.tuple([z.looseObject({ replacement: z.object({ launchTemplate: z.string(), version: z.string() }) })]),
});

/** What an instance that a template makes becomes here: a machine like those that the lab began with. */
describe('an instance of the launch template', () => {
  let lab: Lab;
  let quarantine: string;
  let asked: RunInstancesCommandInput;

  beforeAll(async () => {
    lab = await Lab.up({ servers: 1, replacement: { expect: 1 } });
    quarantine = (await deployTemplate(lab)).Quarantine ?? '';
    const { clusters } = Written.parse(yaml.parse(await readFile(lab.configPath, 'utf8')));
    const { launchTemplate: LaunchTemplateId, version: Version } = clusters[0].replacement;
    asked = {
      ...{ MinCount: 1, MaxCount: 1, SecurityGroupIds: [quarantine], SubnetId: lab.about.vpc.subnetIds[0] },
      LaunchTemplate: { LaunchTemplateId, Version },
      TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'dkron-cluster', Value: 'demo' }] }],
    };
  });
  afterAll(() => lab.down());

  const launch = async (over: Partial<RunInstancesCommandInput> = {}, client = lab.clients().ec2): Promise<string> =>
    (await client.send(new RunInstancesCommand({ ...asked, ...over }))).Instances?.[0]?.InstanceId ?? '';
  const machineOf = async (instanceId: string): Promise<LabHost> => {
    await within(PATIENCE_MS, async () => {
      await lab.refresh();
      return lab.hosts.some((host) => host.instanceId === instanceId);
    });
    return lab.host(instanceId);
  };

  test('is cut off from its first moment where it is launched into a group that lets nothing through', async () => {
    const { dir, address, instanceId } = await machineOf(await launch({ ClientToken: 'of-this-test' }));
    expect(address.startsWith(`${lab.about.network}.0.`)).toBe(true);
    expect(lab.hosts.filter((host) => host.address === address)).toHaveLength(1);
    const settings = Settings.parse(yaml.parse(await readFile(join(dir, 'dkron.yml'), 'utf8')));
    expect(settings).toMatchObject({
      'node-name': `ip-${address.replaceAll('.', '-')}`,
      'bootstrap-expect': 1,
      'retry-join': [`${lab.address(1)}:8946`],
    });
    const wanted = lab.canCut ? 'cut' : 'off';
    expect(await within(PATIENCE_MS, async () => (await machineOf(instanceId)).power === wanted)).toBe(true);
    const answers = await fetch(`http://${address}:8080/health`).then(
      () => true,
      () => false,
    );
    expect(answers).toBe(false);
    const { Reservations } = await lab.clients().ec2.send(new DescribeInstancesCommand({ InstanceIds: [instanceId] }));
    expect(Reservations?.[0]?.Instances?.[0]).toMatchObject({
      ClientToken: 'of-this-test',
      ImageId: expect.stringMatching(/^ami-/) as string,
    });
  });

  test('and two of them have names and addresses of their own', async () => {
    const one = await machineOf(await launch());
    const other = await machineOf(await launch());
    expect(new Set([one.address, other.address, one.serverId, other.serverId]).size).toBe(4);
    expect(one.dir).not.toBe(other.dir);
  });

  test('is refused to whom the policy gives another template, group or tag', async () => {
    const credentials = await keysOf(lab, 'launching');
    const user = new EC2Client({ endpoint: lab.env().AWS_ENDPOINT_URL, region: 'us-east-1', credentials });
    await expect(launch({}, user)).resolves.toMatch(/^i-/);
    const denied = { name: expect.stringMatching(/Unauthorized|AccessDenied/) as string };
    const { ec2 } = lab.clients();
    const hosts = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [lab.host('dkron-1').instanceId] }));
    const open = hosts.Reservations?.[0]?.Instances?.[0]?.NetworkInterfaces?.[0]?.Groups?.[0]?.GroupId ?? '';
    await expect(launch({ SecurityGroupIds: [open] }, user)).rejects.toMatchObject(denied);
    await expect(launch({ TagSpecifications: undefined }, user)).rejects.toMatchObject(denied);
    await expect(launch({ LaunchTemplate: undefined, ImageId: 'ami-785db401' }, user)).rejects.toMatchObject(denied);
  });
});
