import { setTimeout as sleep } from 'node:timers/promises';
import { SetInstanceHealthCommand } from '@aws-sdk/client-auto-scaling';
import { CLUSTER } from '../../lab/lab';
import { groupNamed, joinGroup, setRefresh } from '../../lab/scaling';
import { type AsFound, asFound, untilAsFound } from '../lab/support/as-found';
import { type CaseLab, JOBS, approval, caseLab, untilClosed, untilGate } from '../lab/support/case-lab';
import { jobsAt } from '../lab/support/jobs';
import { installSeam } from '../lab/support/seam';
import { codesOf, look } from '../chapters/support/chapter';
import { tell } from './support/told';

/*
 * All three hosts are members of an Auto Scaling group that is tagged like the cluster and launches servers of their kind.
 * Two of them go silent and are to be stopped. The group of the lab marks a stopped member Unhealthy, ends it with its disk
 * and launches another, as on AWS (lab/launcher/scaling.py, test/lab/scaling.test.ts).
 */
const GROUP = 'dkron-asg';
const SUSPENDED = ['AZRebalance', 'HealthCheck', 'InstanceRefresh', 'Launch', 'ReplaceUnhealthy', 'Terminate'];
const THREAT = 'the group of a stopped host ends it with its disk and launches an empty server';
const RULE = '13: fences must not destroy';
/** Longer than the group takes to do what it would do. */
const SEVERAL_ROUNDS_MS = 3000;
const PATIENCE_MS = 60_000;

let world: CaseLab;
const inOutage = async (): Promise<CaseLab> => {
  const made = await caseLab({ servers: 3, cluster: { policy: { restart: 'always' } } });
  await joinGroup(made.lab, GROUP, { members: ['dkron-1', 'dkron-2', 'dkron-3'] });
  await made.lab.impair('dkron-2');
  await made.lab.impair('dkron-3');
  await made.lab.untilLeaderless();
  return made;
};

const idOf = (server: string): string => world.lab.host(server).instanceId;
/** The group in few words: what a person would compare. */
const groupNow = async () => {
  const group = await groupNamed(world.lab, GROUP);
  const members = (group.Instances ?? []).map(({ InstanceId = '', LifecycleState, HealthStatus }) => [
    world.lab.host(InstanceId).serverId,
    `${LifecycleState} ${HealthStatus}`,
  ]);
  return {
    wants: group.DesiredCapacity,
    suspended: (group.SuspendedProcesses ?? []).map(({ ProcessName }) => ProcessName).sort(),
    members: Object.fromEntries(members) as Record<string, string>,
  };
};

/** Up to the second gate: everything is held, fenced and staged by then. */
const openHeld = async (): Promise<{ caseId: string; answer: () => Promise<unknown> }> => {
  const { api } = world;
  const caseId = await api.openCase(CLUSTER, 'recover');
  const first = await untilGate(api, caseId);
  await api.answer(first.gateId, approval(first));
  const second = await untilGate(api, caseId, 'approve-restart');
  return { caseId, answer: () => api.answer(second.gateId, approval(second)) };
};

const STILL = {
  wants: 1,
  suspended: SUSPENDED,
  members: { 'dkron-1': 'InService Healthy', 'dkron-2': 'Standby Healthy', 'dkron-3': 'Standby Healthy' },
};

describe('switched on', () => {
  let found: Awaited<ReturnType<typeof groupNow>>;
  let hostsFound: AsFound;

  beforeAll(async () => {
    world = await inOutage();
    found = await groupNow();
    hostsFound = await asFound(world.lab);
  });
  afterAll(() => world.lab.down());

  test('an instance refresh that is under way is refused, with the command that ends it', async () => {
    await setRefresh(world.lab, GROUP);
    const view = await look(world.api);
    expect(view.planning?.kind).toBe('refused');
    expect(codesOf(view)).toEqual(['auto-scaling-refresh']);
    expect(view.planning?.briefing.findings[0]?.nextStep).toContain(
      `cancel-instance-refresh --auto-scaling-group-name ${GROUP}`,
    );
    await setRefresh(world.lab, GROUP, 'Cancelled');
  });

  test('the group keeps still while hosts are stopped in Standby, and an aborted case leaves both as found', async () => {
    const { caseId } = await openHeld();
    expect(await groupNow()).toEqual(STILL);
    await world.lab.refresh();
    expect(world.lab.hosts.map(({ ec2 }) => ec2)).toEqual(['running', 'stopped', 'stopped']);
    await world.api.abort(caseId, 'power comes back');
    const { report } = await untilClosed(world.api, caseId);
    expect(report).toMatchObject({ outcome: 'aborted', groupsLeft: [] });
    expect(await groupNow()).toEqual(found);
    expect(await untilAsFound(world.lab, hostsFound, PATIENCE_MS)).toEqual(hostsFound);
  });

  test('a recovered case lets it go on: nothing was launched or ended, who was stopped is in Standby, who leads is healthy', async () => {
    const { lab, api } = world;
    const { caseId, answer } = await openHeld();
    const Unhealthy = { InstanceId: idOf('dkron-1'), HealthStatus: 'Unhealthy' };
    await lab.clients().autoScaling.send(new SetInstanceHealthCommand(Unhealthy));
    await sleep(SEVERAL_ROUNDS_MS);
    await answer();
    const { report } = await untilClosed(api, caseId);
    expect(report).toMatchObject({ outcome: 'recovered', problem: null, leader: 'dkron-1', groupsLeft: [] });
    expect(report?.nextSteps.join('\n')).toContain(`exit-standby --auto-scaling-group-name ${GROUP}`);
    await sleep(SEVERAL_ROUNDS_MS);
    expect(await groupNow()).toEqual({ ...STILL, suspended: [] });
    await lab.refresh();
    expect(lab.hosts.map(({ serverId, ec2 }) => `${serverId} ${ec2}`)).toEqual([
      'dkron-1 running',
      'dkron-2 stopped',
      'dkron-3 stopped',
    ]);
    expect((await lab.leader())?.serverId).toBe('dkron-1');
    expect(await jobsAt(lab.address(1))).toBe(JOBS);
    tell({ threat: THREAT, rule: RULE, on: 'stopped in Standby; nothing launched, nothing ended; goes on at the end' });
  });
});

describe('switched off', () => {
  beforeAll(async () => {
    world = await inOutage();
    await installSeam(world.lab, 'fence', {
      'lambdas/fence/groups.ts': 'groups-go-on.ts',
      'lib/recovery/auto-scaling.ts': 'members-are-like-others.ts',
    });
  });
  afterAll(() => world.lab.down());

  test('the stopped hosts are ended with their disks, and empty servers come in their stead', async () => {
    const { lab, api } = world;
    const silent = [idOf('dkron-2'), idOf('dkron-3')];
    const caseId = await api.openCase(CLUSTER, 'recover');
    const gate = await untilGate(api, caseId);
    await api.answer(gate.gateId, approval(gate));
    for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await sleep(500)) {
      await lab.refresh();
      if (silent.every((id) => lab.host(id).power === 'gone')) break;
    }
    expect(silent.map((id) => lab.host(id).power)).toEqual(['gone', 'gone']);
    const came = lab.hosts.filter(({ serverId }) => serverId.startsWith('ip-'));
    expect(came.length).toBeGreaterThanOrEqual(2);
    await api.abort(caseId, 'seen').catch(() => undefined);
    const { report } = await untilClosed(api, caseId);
    expect(report?.outcome).not.toBe('recovered');
    tell({ threat: THREAT, rule: RULE, off: 'both stopped hosts ended with their disks; 2 empty servers launched' });
  });
});
