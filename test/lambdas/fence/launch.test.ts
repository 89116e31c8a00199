import { GetConnectionStatusCommand } from '@aws-sdk/client-ssm';
import { fencingFrom } from '../../../lambdas/fence/fence';
import { lift } from '../../../lambdas/fence/lift';
import { resume } from '../../../lambdas/fence/resume';
import { letIn, powerOn } from '../../../lambdas/fence/power-on';
import type { CaseRef } from '../../../lib/recovery/case';
import { Cluster } from '../../../lib/recovery/cluster';
import type { Launch } from '../../../lib/recovery/plan';
import { cluster, QUARANTINE } from '../../support/lost-quorum';
import { ec2Says, LaunchingFleet } from '../../support/launching-fleet';
import { WorkingDay } from '../../support/working-day';
import { approvedWith, replacePlan } from '../support/approved';

/* dkron-2 is gone with its disk; i-00000004 is launched in its stead. */
const NEW = 'i-00000004';
const LAUNCH = 'launch of lt-0a version 3';
const STOP = `stop ${NEW} at once`;
const BY_TEMPLATE: Launch = {
  replaces: 'dkron-2',
  template: 'lt-0a',
  version: '3',
  subnetId: 'subnet-0b',
  group: null,
};
const INTO_GROUP: Launch = { ...BY_TEMPLATE, group: 'dkron-servers' };

let day: WorkingDay;
let fleet: LaunchingFleet;
const vpc = { vpcId: 'vpc-0a0a0a0a', subnetIds: ['subnet-0b'], availabilityZones: ['eu-west-1a'] };
const fencing = (quarantine: Record<string, string> = QUARANTINE) =>
  fencingFrom(
    { clusters: [Cluster.parse({ ...cluster(), vpc })], table: 'table', bucket: 'bucket', quarantine },
    day.clock,
  );
const agents = (Status: 'connected' | 'notconnected') => day.ssm.on(GetConnectionStatusCommand).resolves({ Status });
const caseOf = ({ caseId }: CaseRef) => day.clerk.cases.load(caseId);
const approved = (launch: Launch): Promise<CaseRef> => approvedWith(day, () => ({ remedy: 'launch', launch }));
const said = async ({ caseId }: CaseRef) => (await day.clerk.cases.events(caseId)).map(({ says }) => says).join('\n');

beforeEach(async () => {
  day = await new WorkingDay().withInventory();
  fleet = new LaunchingFleet([{}, { state: 'terminated' }, {}]);
  agents('notconnected');
});
afterEach(() => {
  fleet.end();
  day.end();
});

describe('a launch by template', () => {
  test('is kept before it is asked for, and comes up in the quarantine group from the first moment', async () => {
    const ref = await approved(BY_TEMPLATE);
    const before: unknown[] = [];
    fleet.beforeChange = async () => {
      before.push((await caseOf(ref)).launch);
    };
    expect((await powerOn(fencing(), ref)).done).toBe(false);
    expect(fleet.changes).toEqual([LAUNCH]);
    expect(before).toMatchObject([{ replaces: 'dkron-2', askedAt: day.at, groups: ['sg-dkron'], group: null }]);
    expect(fleet.asked).toMatchObject([
      {
        MinCount: 1,
        MaxCount: 1,
        SecurityGroupIds: ['sg-0quarantine'],
        SubnetId: 'subnet-0b',
        TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'dkron-cluster', Value: 'demo' }] }],
      },
    ]);
    expect(fleet.asked[0]?.NetworkInterfaces).toBeUndefined();
    expect(fleet.of(NEW).groups).toEqual(['sg-0quarantine']);
  });

  test('is on record with the groups that its template would have given, and done when its agent is there', async () => {
    const ref = await approved(BY_TEMPLATE);
    await powerOn(fencing(), ref);
    expect((await powerOn(fencing(), ref)).done).toBe(false);
    expect((await caseOf(ref)).fences[NEW]).toMatchObject({
      groupsBefore: { 'eni-4': ['sg-dkron'] },
      startAskedAt: day.at,
      quarantinedAt: day.at,
      launchedFor: 'dkron-2',
    });
    agents('connected');
    expect((await powerOn(fencing(), ref)).done).toBe(false);
    fleet.settle();
    expect((await powerOn(fencing(), ref)).done).toBe(true);
    expect(fleet.changes).toEqual([LAUNCH]);
  });

  test('that EC2 does not show yet is asked for by the same token, and is one instance all the same', async () => {
    const ref = await approved(BY_TEMPLATE);
    fleet.shows = false;
    await powerOn(fencing(), ref);
    await powerOn(fencing(), ref);
    expect(fleet.asked.map(({ ClientToken }) => ClientToken)).toEqual([
      (await caseOf(ref)).launch?.token,
      (await caseOf(ref)).launch?.token,
    ]);
    fleet.show();
    await powerOn(fencing(), ref);
    expect(Object.keys((await caseOf(ref)).fences)).toEqual([NEW]);
    expect(fleet.changes).toEqual([LAUNCH, LAUNCH]);
  });

  test('whose call broke off after it arrived is found again, and not made twice', async () => {
    const ref = await approved(BY_TEMPLATE);
    await powerOn(fencing(), ref);
    expect((await caseOf(ref)).fences).toEqual({});
    day.pass(30);
    await powerOn(fencing(), ref);
    expect(Object.keys((await caseOf(ref)).fences)).toEqual([NEW]);
    expect(fleet.changes).toEqual([LAUNCH]);
  });

  test('of a template with interfaces gets these, each in the quarantine group; and its tags beside ours', async () => {
    fleet.template = {
      NetworkInterfaces: [{ DeviceIndex: 0, Groups: ['sg-dkron', 'sg-ssh'], AssociatePublicIpAddress: false }],
      TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'team', Value: 'jobs' }] }],
    };
    const ref = await approved(BY_TEMPLATE);
    await powerOn(fencing(), ref);
    expect(fleet.asked[0]).toMatchObject({
      NetworkInterfaces: [{ DeviceIndex: 0, Groups: ['sg-0quarantine'], SubnetId: 'subnet-0b' }],
      TagSpecifications: [{ Tags: [{ Key: 'team' }, { Key: 'dkron-cluster' }] }],
    });
    expect(fleet.asked[0]?.SecurityGroupIds).toBeUndefined();
    await powerOn(fencing(), ref);
    expect((await caseOf(ref)).fences[NEW]?.groupsBefore).toEqual({ 'eni-4': ['sg-dkron', 'sg-ssh'] });
  });

  test('is let in with these groups by the plan after it', async () => {
    const ref = await approved(BY_TEMPLATE);
    await powerOn(fencing(), ref);
    await powerOn(fencing(), ref);
    fleet.settle();
    agents('connected');
    const plan = await day.clerk.plans.load(ref.planId ?? '');
    const next = await replacePlan(day, ref, { ...plan, remedy: 'readmit', launch: null, letIn: [NEW] });
    await letIn(fencing(), next, 0);
    expect(fleet.of(NEW).groups).toEqual(['sg-dkron']);
    expect((await letIn(fencing(), next, 1)).done).toBe(true);
  });

  test.each([
    ['names no group', { SecurityGroups: ['by-name'] }, /names no security group by its id/],
    ['has no such version', null, /has no version 3/],
  ])('that %s is not asked for', async (_, template, says) => {
    fleet.template = template;
    const ref = await approved(BY_TEMPLATE);
    await expect(powerOn(fencing(), ref)).rejects.toMatchObject({
      name: 'CannotLaunch',
      detail: expect.stringMatching(says) as string,
    });
    expect(fleet.changes).toEqual([]);
    expect((await caseOf(ref)).launch).toBeNull();
  });

  test('is not asked for where there is no quarantine group', async () => {
    const ref = await approved(BY_TEMPLATE);
    await expect(powerOn(fencing({}), ref)).rejects.toMatchObject({ name: 'CannotLaunch' });
    expect(fleet.changes).toEqual([]);
  });

  test('that EC2 refuses is told in its words', async () => {
    fleet.refusal = ec2Says('InsufficientInstanceCapacity', 'no t3.small here');
    const ref = await approved(BY_TEMPLATE);
    await expect(powerOn(fencing(), ref)).rejects.toMatchObject({
      name: 'CannotLaunch',
      detail: 'InsufficientInstanceCapacity: no t3.small here',
    });
  });

  test('that ends as soon as it began is told, and not waited for', async () => {
    const ref = await approved(BY_TEMPLATE);
    await powerOn(fencing(), ref);
    fleet.of(NEW).state = 'terminated';
    await expect(powerOn(fencing(), ref)).rejects.toMatchObject({
      detail: expect.stringContaining('i-00000004 is terminated') as string,
    });
    expect(fleet.changes).toEqual([LAUNCH]);
  });
});

describe('undo of a launch', () => {
  test('stops the new host, leaves it in quarantine, terminates nothing and says who does', async () => {
    const ref = await approved(BY_TEMPLATE);
    await powerOn(fencing(), ref);
    await powerOn(fencing(), ref);
    expect((await lift(fencing(), ref)).done).toBe(false);
    fleet.settle();
    expect((await lift(fencing(), ref)).done).toBe(false);
    fleet.settle();
    expect((await lift(fencing(), ref)).done).toBe(true);
    expect(fleet.changes).toEqual([LAUNCH, STOP]);
    expect(fleet.of(NEW)).toMatchObject({ state: 'stopped', groups: ['sg-0quarantine'] });
    expect(await said(ref)).toContain(`aws ec2 terminate-instances --instance-ids ${NEW}`);
  });

  test('finds the host that was made and never recorded', async () => {
    const ref = await approved(BY_TEMPLATE);
    await powerOn(fencing(), ref);
    fleet.settle();
    expect((await caseOf(ref)).fences).toEqual({});
    expect((await lift(fencing(), ref)).done).toBe(false);
    expect(fleet.changes).toEqual([LAUNCH, STOP]);
    expect((await caseOf(ref)).fences[NEW]).toMatchObject({ launchedFor: 'dkron-2' });
  });

  test('waits for a host that EC2 does not show yet, and not for ever', async () => {
    const ref = await approved(BY_TEMPLATE);
    fleet.shows = false;
    await powerOn(fencing(), ref);
    expect((await lift(fencing(), ref, 0)).done).toBe(false);
    expect((await lift(fencing(), ref, 3)).done).toBe(true);
    fleet.show();
    fleet.settle();
    expect((await lift(fencing(), ref, 4)).done).toBe(false);
    expect(fleet.changes).toEqual([LAUNCH, STOP]);
  });
});

describe('a new host that belongs to an Auto Scaling group', () => {
  const ATTACH = `${NEW} into dkron-servers`;
  const launched = async () => {
    const ref = await approved(INTO_GROUP);
    await powerOn(fencing(), ref);
    await powerOn(fencing(), ref);
    fleet.settle();
    fleet.changes.length = 0;
    return ref;
  };
  const proved = async ({ caseId }: CaseRef) => {
    await day.clerk.cases.changeOpen(caseId, { provedAt: day.at });
  };

  test('is launched outside of it, in the quarantine group', async () => {
    const ref = await approved(INTO_GROUP);
    await powerOn(fencing(), ref);
    expect(fleet.changes).toEqual([LAUNCH]);
    expect(fleet.of(NEW)).toMatchObject({ group: null, groups: ['sg-0quarantine'] });
  });

  test('is put into it at the end, once, when the case is proved', async () => {
    const ref = await launched();
    await proved(ref);
    expect((await resume(fencing(), ref, 0)).done).toBe(true);
    await resume(fencing(), ref, 1);
    expect(fleet.changes).toEqual([ATTACH]);
    expect((await caseOf(ref)).launch?.attached).toBe('attached');
    expect(await said(ref)).toContain(`${NEW} is a member of dkron-servers`);
  });

  test('stays out of it where the case is not proved: the group would replace it by an empty one', async () => {
    const ref = await launched();
    await resume(fencing(), ref, 0);
    expect(fleet.changes).toEqual([]);
  });

  test.each([
    ['the group takes nobody more', 'would cause the size to exceed its MaxSize', 'would cause the size'],
    ['it is one already', 'Instance i-00000004 is already part of AutoScalingGroup:dkron-servers', 'attached'],
  ])('that is refused because %s does not fail the case', async (_, says, kept) => {
    const ref = await launched();
    await proved(ref);
    fleet.attachRefusal = says;
    expect((await resume(fencing(), ref, 0)).done).toBe(true);
    expect((await caseOf(ref)).launch?.attached).toContain(kept);
  });
});
