import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateLaunchTemplateVersionCommand,
  DescribeInstancesCommand,
  DescribeLaunchTemplateVersionsCommand,
  DescribeLaunchTemplatesCommand,
  ModifyLaunchTemplateCommand,
} from '@aws-sdk/client-ec2';
import type { CaseView } from '../../lib/cli/door';
import { CLUSTER, type LabHost } from '../../lab/lab';
import { groupNamed, joinGroup } from '../../lab/scaling';
import { countJobs } from '../../lab/dkron-cluster';
import {
  type CaseLab,
  JOBS,
  approval,
  caseLab,
  decline,
  recover,
  untilCase,
  untilClosed,
  untilGate,
} from '../lab/support/case-lab';
import { act, summaryOf } from '../chapters/support/chapter';
import { testWithCut } from '../support/network-cut';
import { tell } from './support/told';

/*
 * 3 → 1 → 3 by new hosts: one server was terminated with its disk, one is fenced. The image of the new hosts first has the
 * packaged default, bootstrap-expect 1, which makes an empty server a cluster of its own (E3); then none. They belong to an
 * Auto Scaling group, of which they become members once they are proved.
 */
const REPLACE = { kind: 'replace', server: 'dkron-2' } as const;
/** Longer than a fresh server needs to lead itself, were it one. */
const FOUNDED_BY_NOW_MS = 5000;

const GROUP = 'dkron-asg';

let world: CaseLab;
let closed: CaseView;

beforeAll(async () => {
  world = await caseLab({ servers: 3, replacement: { expect: 1, group: GROUP } });
  const { lab, api } = world;
  await joinGroup(lab, GROUP, { members: ['dkron-1', 'dkron-3'] });
  await lab.terminate('dkron-2');
  await lab.impair('dkron-3');
  await lab.untilLeaderless();
  closed = await recover(api);
});
afterAll(() => world.lab.down());

const newHosts = async (): Promise<LabHost[]> => {
  await world.lab.refresh();
  return world.lab.hosts.filter(({ serverId, power }) => serverId.startsWith('ip-') && power !== 'gone');
};
const groupsOf = async ({ instanceId }: LabHost): Promise<string[]> => {
  const { ec2 } = world.lab.clients();
  const { Reservations } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [instanceId] }));
  const nics = Reservations?.[0]?.Instances?.[0]?.NetworkInterfaces ?? [];
  return nics.flatMap(({ Groups = [] }) => Groups.map(({ GroupName = '' }) => GroupName));
};
/** The local EC2 makes a version of its data alone, where AWS starts from SourceVersion: so all of it is given. */
const nextImage = async (expect: number): Promise<void> => {
  const { ec2 } = world.lab.clients();
  const [template] = (await ec2.send(new DescribeLaunchTemplatesCommand({}))).LaunchTemplates ?? [];
  const LaunchTemplateId = template?.LaunchTemplateId;
  const before = await ec2.send(new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateId, Versions: ['1'] }));
  const { ImageId, InstanceType, SecurityGroupIds, BlockDeviceMappings } =
    before.LaunchTemplateVersions?.[0]?.LaunchTemplateData ?? {};
  const tags = [{ ResourceType: 'instance' as const, Tags: [{ Key: 'lab:bootstrap-expect', Value: String(expect) }] }];
  const LaunchTemplateData = { ImageId, InstanceType, SecurityGroupIds, BlockDeviceMappings, TagSpecifications: tags };
  await ec2.send(new CreateLaunchTemplateVersionCommand({ LaunchTemplateId, LaunchTemplateData }));
  await ec2.send(new ModifyLaunchTemplateCommand({ LaunchTemplateId, DefaultVersion: '2' }));
};

test('one server is left, and says that it has no redundancy', () => {
  expect(summaryOf(closed)).toMatchObject({ remedy: 'rewrite', outcome: 'recovered', jobs: [JOBS, JOBS] });
});

testWithCut(
  'a new host that is declined at the second gate is stopped, stays cut off, and a person is told how to end it',
  async () => {
    const { api, lab } = world;
    const caseId = await api.openCase(CLUSTER, 'recover', REPLACE);
    const first = await untilGate(api, caseId);
    expect((await api.case(caseId)).planning).toMatchObject({
      plan: { remedy: 'launch', launch: { replaces: 'dkron-2' } },
    });
    await api.answer(first.gateId, approval(first));
    const { gate, planning } = await untilCase(
      api,
      caseId,
      'a second gate',
      (seen) => seen.gate?.status === 'open' && seen.gate.gateId !== first.gateId,
    );
    const [host] = await newHosts();
    expect(planning).toMatchObject({
      plan: { remedy: 'readmit', joining: [{ instanceId: host?.instanceId, heldBy: null }] },
    });
    if (!gate || !host) throw new Error('no gate or no host');
    expect(host.power).toBe('cut');
    await sleep(FOUNDED_BY_NOW_MS);
    expect((await lab.leader())?.serverId).toBe('dkron-1');
    await api.answer(gate.gateId, decline(gate));
    const view = await untilClosed(api, caseId);
    expect(view.case.outcome).toBe('declined');
    const [after, ...others] = await newHosts();
    expect(others).toEqual([]);
    expect(after).toMatchObject({ instanceId: host.instanceId, ec2: 'stopped', power: 'off' });
    expect(await groupsOf(host)).toEqual([expect.stringMatching(/Quarantine/)]);
    expect(view.report?.nextSteps[0]).toContain(`aws ec2 terminate-instances --instance-ids ${host.instanceId}`);
    expect(await countJobs(lab.address(1))).toBe(JOBS);
    expect(await members()).toEqual({ 'dkron-1': 'InService', 'dkron-3': 'Standby' });
    await lab.terminate(host.serverId);
  },
);

const members = async (): Promise<Record<string, string>> => {
  const { Instances = [] } = await groupNamed(world.lab, GROUP);
  await world.lab.refresh();
  const known = Instances.map(({ InstanceId = '', LifecycleState = '' }) => [
    world.lab.host(InstanceId).serverId,
    LifecycleState,
  ]);
  return Object.fromEntries(known) as Record<string, string>;
};

/** Two plans, both approved: the new host is a voter, has every job, and belongs to the group, which did nothing by itself. */
const joins = async (server: string, voters: number): Promise<void> => {
  const { api, lab } = world;
  const before = { hosts: (await newHosts()).map(({ instanceId }) => instanceId), group: await members() };
  const { view, asked } = await act(api, { ...REPLACE, server });
  const { remedy, outcome, problem, jobs } = summaryOf(view);
  const refusals = (view.planning?.briefing.findings ?? []).filter(({ severity }) => severity === 'danger');
  expect({ remedy, outcome, problem, refusals, jobs }).toEqual({
    ...{ remedy: 'readmit', outcome: 'recovered', problem: null, refusals: [] },
    jobs: [JOBS, JOBS],
  });
  expect(asked.map(({ planning }) => planning?.kind === 'planned' && planning.plan.remedy)).toEqual([
    'launch',
    'readmit',
  ]);
  const [host] = (await newHosts()).filter(({ instanceId }) => !before.hosts.includes(instanceId));
  const { peers, problems } = await api.peers(CLUSTER);
  expect(problems).toEqual([]);
  expect(peers.filter(({ voter, answers }) => voter && answers === 'yes')).toHaveLength(voters);
  expect(peers.map(({ id }) => id)).toContain(host?.serverId);
  expect(host?.power).toBe('on');
  expect(await members()).toEqual({ ...before.group, [host?.serverId ?? '']: 'InService' });
  expect(await countJobs(host?.address ?? '')).toBe(JOBS);
  expect((await lab.leader())?.serverId).toBe('dkron-1');
};

testWithCut('a new host with bootstrap-expect 1, the packaged default, joins as a voter with every job', async () => {
  await joins('dkron-2', 2);
  tell({
    threat: 'a new host whose image has bootstrap-expect 1',
    rule: '2 comes up in quarantine',
    on: 'its own cluster put aside; a voter, every job',
  });
});

testWithCut('a new host with bootstrap-expect 0 joins as a voter with every job', async () => {
  await nextImage(0);
  await joins('dkron-3', 3);
});
