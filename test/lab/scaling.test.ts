import { setTimeout as sleep } from 'node:timers/promises';
import {
  AttachInstancesCommand,
  DescribeInstanceRefreshesCommand,
  EnterStandbyCommand,
  ExitStandbyCommand,
  ResumeProcessesCommand,
  SuspendProcessesCommand,
  UpdateAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import { StopInstancesCommand } from '@aws-sdk/client-ec2';
import { Lab } from '../../lab/lab';
import { groupNamed, joinGroup, setRefresh } from '../../lab/scaling';
import { within } from './support-documents/looks';

const PATIENCE_MS = 20_000;
/** Longer than the group takes to do what it would do. */
const SEVERAL_ROUNDS_MS = 2000;
const GROUP = { AutoScalingGroupName: 'dkron-asg' };

/** What a group does by itself, as AWS documents it; moto knows the names of its processes only. */
describe('an Auto Scaling group', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.up({ servers: 4 });
    for (const id of ['dkron-1', 'dkron-2', 'dkron-3', 'dkron-4']) await lab.boot(id);
    await joinGroup(lab, GROUP.AutoScalingGroupName, { members: ['dkron-1', 'dkron-2', 'dkron-3'] });
  });
  afterAll(() => lab.down());

  const idOf = (server: string) => lab.host(server).instanceId;
  const members = async (): Promise<Record<string, string>> => {
    const { Instances = [] } = await groupNamed(lab, GROUP.AutoScalingGroupName);
    return Object.fromEntries(
      Instances.map(({ InstanceId = '', LifecycleState, HealthStatus }) => [
        InstanceId,
        `${LifecycleState} ${HealthStatus}`,
      ]),
    );
  };
  const standby = (server: string) =>
    lab.clients().autoScaling.send(
      new EnterStandbyCommand({
        ...GROUP,
        InstanceIds: [idOf(server)],
        ShouldDecrementDesiredCapacity: true,
      }),
    );
  const wanted = async () => (await groupNamed(lab, GROUP.AutoScalingGroupName)).DesiredCapacity ?? 0;
  const minimum = (MinSize: number) =>
    lab.clients().autoScaling.send(new UpdateAutoScalingGroupCommand({ ...GROUP, MinSize }));
  const maximum = (MaxSize: number) =>
    lab.clients().autoScaling.send(new UpdateAutoScalingGroupCommand({ ...GROUP, MaxSize }));
  const stop = (server: string) => lab.clients().ec2.send(new StopInstancesCommand({ InstanceIds: [idOf(server)] }));
  const suspend = (...ScalingProcesses: string[]) =>
    lab.clients().autoScaling.send(new SuspendProcessesCommand({ ...GROUP, ScalingProcesses }));
  const resume = (...ScalingProcesses: string[]) =>
    lab.clients().autoScaling.send(new ResumeProcessesCommand({ ...GROUP, ScalingProcesses }));

  test('tells of an instance refresh', async () => {
    const { autoScaling } = lab.clients();
    const states = async () =>
      (await autoScaling.send(new DescribeInstanceRefreshesCommand(GROUP))).InstanceRefreshes?.map((one) => one.Status);
    expect(await states()).toEqual([]);
    await setRefresh(lab, GROUP.AutoScalingGroupName, 'InProgress');
    expect(await states()).toEqual(['InProgress']);
  });

  test('leaves a member in Standby alone, takes nobody out of it without Launch, and none below MinSize', async () => {
    const before = await wanted();
    await standby('dkron-3');
    await stop('dkron-3');
    await sleep(SEVERAL_ROUNDS_MS);
    expect(await members()).toMatchObject({ [idOf('dkron-3')]: 'Standby Healthy' });
    expect(await wanted()).toBe(before - 1);
    await minimum(before - 1);
    await expect(standby('dkron-1')).rejects.toMatchObject({ name: 'ValidationError' });
    await minimum(0);
    await standby('dkron-1');
    await suspend('Launch');
    const out = new ExitStandbyCommand({ ...GROUP, InstanceIds: [idOf('dkron-1')] });
    await expect(lab.clients().autoScaling.send(out)).rejects.toMatchObject({ name: 'ValidationError' });
    await resume('Launch');
    await lab.clients().autoScaling.send(out);
    expect(await members()).toMatchObject({ [idOf('dkron-1')]: 'InService Healthy' });
    // Beside a member in Standby: the group wants one more for who is attached, and launches nobody of its own.
    const found = Object.keys(await members()).length;
    const attach = new AttachInstancesCommand({ ...GROUP, InstanceIds: [idOf('dkron-4')] });
    await maximum(before - 1);
    await expect(lab.clients().autoScaling.send(attach)).rejects.toMatchObject({ name: 'ValidationError' });
    await maximum(9);
    await lab.clients().autoScaling.send(attach);
    await sleep(SEVERAL_ROUNDS_MS);
    expect(await wanted()).toBe(before);
    expect(Object.keys(await members())).toHaveLength(found + 1);
  });

  test('marks a stopped member, ends it with its disk and launches another, each as soon as it may', async () => {
    const stopped = idOf('dkron-2');
    const before = Object.keys(await members()).length;
    await suspend('HealthCheck', 'ReplaceUnhealthy', 'Launch');
    await stop('dkron-2');
    await sleep(SEVERAL_ROUNDS_MS);
    expect(await members()).toMatchObject({ [stopped]: 'InService Healthy' });
    await resume('HealthCheck');
    expect(await within(PATIENCE_MS, async () => (await members())[stopped] === 'InService Unhealthy')).toBe(true);
    await resume('ReplaceUnhealthy');
    const isGone = async () => {
      await lab.refresh();
      return lab.host(stopped).power === 'gone';
    };
    expect(await within(PATIENCE_MS, isGone)).toBe(true);
    await sleep(SEVERAL_ROUNDS_MS);
    expect(Object.keys(await members())).toHaveLength(before - 1);
    await resume('Launch');
    expect(await within(PATIENCE_MS, async () => Object.keys(await members()).length === before)).toBe(true);
    const isHost = async () => {
      await lab.refresh();
      return lab.hosts.some(({ serverId }) => serverId.startsWith('ip-'));
    };
    expect(await within(PATIENCE_MS, isHost)).toBe(true);
  });
});
