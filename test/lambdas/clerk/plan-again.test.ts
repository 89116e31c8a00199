import { awaitLeader } from '../../../lambdas/clerk/await-leader';
import { makePlan } from '../../../lambdas/clerk/make-plan';
import { planAgain } from '../../../lambdas/clerk/plan-again';
import { MOST_LOOKS, verify } from '../../../lambdas/clerk/verify';
import type { CaseRef } from '../../../lib/recovery/case';
import type { FenceRecord } from '../../../lib/recovery/fence';
import type { NetworkView } from '../../../lib/recovery/survey';
import { approvedCaseRef, checked, execution, guarded, planned } from '../../support/case-walk';
import {
  fleetInOutage,
  hostsInOutage,
  inventory,
  networkInOutage,
  networkWhileHeld,
  networkWithLeader,
  released,
} from '../../support/lost-quorum';
import { WorkingDay } from '../../support/working-day';
import { replacePlan } from '../support/approved';

const FENCE: FenceRecord = {
  instanceId: 'i-00000003',
  groupsBefore: { 'eni-3': ['sg-dkron'] },
  stateBefore: 'running',
  quarantinedAt: '2026-11-25T05:00:00.000Z',
  stopAskedAt: '2026-11-25T05:00:00.000Z',
  startAskedAt: null,
  kept: false,
};
const POWERED_ON: FenceRecord = {
  ...FENCE,
  instanceId: 'i-00000002',
  groupsBefore: { 'eni-2': ['sg-dkron'] },
  stateBefore: 'stopped',
  stopAskedAt: null,
  startAskedAt: '2026-11-25T05:00:00.000Z',
};

let day: WorkingDay;
let first: CaseRef;
beforeEach(async () => {
  day = await new WorkingDay().withInventory();
  first = await approvedCaseRef(day);
  for (const fence of [FENCE, POWERED_ON]) await day.clerk.cases.recordFence('case-1', fence);
  await checked(day, first);
  await guarded(day, first);
  day.pass(300);
});
afterEach(() => day.end());

const again = (ref = first, name = 'case-1') =>
  planAgain(day.clerk, { action: 'plan-again', case: ref, execution: execution(name) });
const record = () => day.clerk.cases.load('case-1');
const approve = async (ref: CaseRef): Promise<CaseRef> => {
  const second = await planned(day, ref);
  await day.clerk.cases.approve(second.caseId, second.planId ?? '');
  return second;
};

test('the case begins anew: a higher counter, no plan, no approval, no point of no return; what was released is known', async () => {
  const canary = { hostId: 'i-00000001', state: 'failed', detail: 'no quorum' } as const;
  await day.clerk.cases.changeOpen('case-1', { leader: 'dkron-1', leaderAt: day.at, canary });
  const { case: ref } = await again();
  expect(ref).toEqual({ ...first, counter: ref.counter, planId: null });
  expect(ref.counter).toBeGreaterThan(first.counter);
  expect(await day.clerk.leases.leaseOf('demo')).toMatchObject({
    caseId: 'case-1',
    counter: ref.counter,
    released: false,
  });
  expect(await record()).toMatchObject({
    status: 'open',
    phase: 'survey',
    counter: ref.counter,
    planId: null,
    approvedPlanId: null,
    pointOfNoReturnAt: null,
    leader: null,
    leaderAt: null,
    canary: null,
    released: [{ planId: first.planId, at: day.at }],
  });
  expect(day.bucket.json('cases/case-1/holds.json')).toEqual([]);
  expect((await day.clerk.cases.events('case-1')).at(-1)).toMatchObject({ phase: 'survey', severity: 'warning' });
});

test('the first plan can be acted on no more, and the second needs an approval of its own', async () => {
  const { case: ref } = await again();
  await expect(day.clerk.plans.loadApprovedPlan(first)).rejects.toMatchObject({ name: 'LeaseLost' });
  await expect(day.clerk.plans.loadApprovedPlan(ref)).rejects.toMatchObject({ name: 'NotApproved' });
  const second = await planned(day, ref);
  await expect(day.clerk.plans.loadApprovedPlan(second)).rejects.toMatchObject({ name: 'NotApproved' });
  await day.clerk.cases.approve('case-1', second.planId ?? '');
  expect((await day.clerk.plans.loadApprovedPlan(second)).verdict).toBe('quorum-lost');
  expect(day.bucket.json('cases/case-1/planning-2.json')).toMatchObject({ kind: 'planned' });
});

test('an abort is heard again, and ends the second plan', async () => {
  const abort = { who: 'ann', at: day.at, reason: 'wrong host' };
  expect(await day.clerk.cases.requestAbort('case-1', abort)).toBeNull();
  const second = await approve((await again()).case);
  expect(await day.clerk.cases.requestAbort('case-1', abort)).not.toBeNull();
  expect((await checked(day, second)).decision).toMatchObject({ next: 'undo', outcome: 'aborted' });
});

test('the second plan has a point of no return of its own', async () => {
  const second = await approve((await again()).case);
  await checked(day, second);
  expect((await guarded(day, second)).decision.next).toBe('release');
  expect((await record()).pointOfNoReturnAt).toBe(day.at);
  expect((await record()).counter).toBe(second.counter);
});

test('fences of the released plan are kept, with how to put them back', async () => {
  await again();
  expect((await record()).fences).toEqual({
    'i-00000003': { ...FENCE, kept: true },
    'i-00000002': { ...POWERED_ON, kept: true },
  });
});

test('a host that was powered on and let in is not taken for cut off in the second survey', async () => {
  const plan = await day.clerk.plans.load(first.planId ?? '');
  first = await replacePlan(day, first, { ...plan, letIn: ['i-00000002'] });
  const { case: ref } = await again();
  const untouched = { quarantinedAt: null, startAskedAt: null };
  expect((await record()).fences['i-00000002']).toEqual({ ...POWERED_ON, ...untouched, stateBefore: 'running' });
  await planned(day, ref);
  expect(day.bucket.json('cases/case-1/survey-2.json')).toMatchObject({ cutOff: [] });
});

test('a host that was power-cycled and let in is as untouched; one that was launched is never stopped by this case again', async () => {
  const cycledAt = '2026-11-25T05:00:00.000Z';
  const cycled = { ...FENCE, instanceId: 'i-00000004', cycledAt, startAskedAt: '2026-11-25T05:00:05.000Z' };
  const launched = { ...POWERED_ON, instanceId: 'i-00000005', launchedFor: 'dkron-2' };
  for (const fence of [cycled, launched]) await day.clerk.cases.recordFence('case-1', fence);
  const plan = await day.clerk.plans.load(first.planId ?? '');
  first = await replacePlan(day, first, { ...plan, letIn: ['i-00000004', 'i-00000005'] });
  await again();
  const { fences } = await record();
  const untouched = { quarantinedAt: null, stopAskedAt: null, startAskedAt: null, kept: false };
  expect(fences['i-00000004']).toEqual({ ...cycled, ...untouched });
  expect(fences['i-00000005']).toEqual({ ...launched, startAskedAt: null, kept: true });
});

test('a host that was powered on and not let in still is', async () => {
  await planned(day, (await again()).case);
  expect(day.bucket.json('cases/case-1/survey-2.json')).toMatchObject({ cutOff: ['i-00000002'] });
});

test('the same step tried again gives the same case, and releases nothing twice', async () => {
  const once = await again();
  const before = await record();
  day.pass(5);
  expect(await again()).toEqual(once);
  expect(await record()).toEqual(before);
});

test('broken off after it took the lease, it goes on from there', async () => {
  const lease = await day.clerk.leases.leaseOf('demo');
  if (!lease) throw new Error('the case holds the lease');
  const taken = await day.clerk.leases.takeOver(
    'demo',
    { caseId: 'case-1', executionArn: 'arn:execution:case-1' },
    lease,
  );
  day.pass(5);
  const { case: ref } = await again();
  expect(ref.counter).toBe(taken?.counter);
  expect(await record()).toMatchObject({ counter: taken?.counter, approvedPlanId: null, phase: 'survey' });
  expect((await record()).released).toHaveLength(1);
});

test('a run that lost the lease, or whose case is closed, plans nothing', async () => {
  await expect(again(first, 'another')).rejects.toMatchObject({ name: 'LeaseLost' });
  await expect(again({ ...first, counter: first.counter + 1 })).rejects.toMatchObject({ name: 'LeaseLost' });
  await day.clerk.cases.close('case-1', { outcome: 'no-leader' });
  await expect(again()).rejects.toMatchObject({ name: 'LeaseLost' });
  expect((await record()).released).toEqual([]);
  expect((await day.clerk.leases.leaseOf('demo'))?.counter).toBe(first.counter);
});

describe('a second plan is the last one', () => {
  const await300 = (ref: CaseRef, network: NetworkView) =>
    awaitLeader(day.clerk, { action: 'await-leader', case: ref, network, releases: [released(day.at)], attempt: 1 });
  const lastLook = (ref: CaseRef) =>
    verify(day.clerk, {
      action: 'verify',
      case: ref,
      network: networkWhileHeld(day.at),
      looks: [],
      attempt: MOST_LOOKS,
    });
  const secondReleased = async (): Promise<CaseRef> => {
    const second = await approve((await again()).case);
    await checked(day, second);
    await guarded(day, second);
    return second;
  };

  test('without a leader the first goes on to it, and it ends the case', async () => {
    expect((await await300(first, networkInOutage(day.at))).decision).toMatchObject({
      next: 'plan-again',
      outcome: 'no-leader',
    });
    const second = await secondReleased();
    day.pass(300);
    expect((await await300(second, networkInOutage(day.at))).decision).toMatchObject({
      next: 'close',
      outcome: 'no-leader',
    });
  });

  test('with a leader and a server that stays silent the same', async () => {
    await await300(first, networkWithLeader(day.at));
    expect((await lastLook(first)).decision).toMatchObject({ next: 'plan-again', outcome: 'not-proved' });
    const second = await secondReleased();
    await await300(second, networkWithLeader(day.at));
    expect((await lastLook(second)).decision).toMatchObject({ next: 'close', outcome: 'not-proved' });
  });
});

test('what the second survey saw lies beside what the first saw', async () => {
  const { case: ref } = await again();
  await makePlan(day.clerk, {
    action: 'make-plan',
    case: ref,
    inventory,
    fleet: fleetInOutage(day.at),
    network: networkInOutage(day.at),
    hosts: hostsInOutage(day.at),
  });
  expect(day.bucket.json('cases/case-1/survey-1.json')).not.toEqual(day.bucket.json('cases/case-1/survey-2.json'));
});
