import { GetConnectionStatusCommand } from '@aws-sdk/client-ssm';
import { fencingFrom } from '../../../lambdas/fence/fence';
import { lift } from '../../../lambdas/fence/lift';
import { powerOn } from '../../../lambdas/fence/power-on';
import { secure } from '../../../lambdas/fence/secure';
import { planAgain } from '../../../lambdas/clerk/plan-again';
import type { CaseRef } from '../../../lib/recovery/case';
import { approvedCaseRef, checked, execution, guarded, planned } from '../../support/case-walk';
import { FakeFleet } from '../../support/fake-fleet';
import { cluster, QUARANTINE } from '../../support/lost-quorum';
import { WorkingDay } from '../../support/working-day';
import { approvedWith, replacePlan } from '../support/approved';

/* dkron-3 is powered on, or fenced, or first fenced and then powered on by a second plan. */
const HOST = 'i-00000003';
const STOP = `stop ${HOST} at once`;
const BACK = 'eni-3 into sg-dkron';
const POWER_ON = {
  remedy: 'power-on' as const,
  powerOn: [{ id: 'dkron-3', instanceId: HOST, interfaceIds: ['eni-3'] }],
};

let day: WorkingDay;
let fleet: FakeFleet;
const fencing = () =>
  fencingFrom({ clusters: [cluster()], table: 'table', bucket: 'bucket', quarantine: QUARANTINE }, day.clock);
const agents = (Status: 'connected' | 'notconnected') => day.ssm.on(GetConnectionStatusCommand).resolves({ Status });

beforeEach(async () => {
  day = await new WorkingDay().withInventory();
  agents('connected');
});
afterEach(() => {
  fleet.end();
  day.end();
});
const world = (state: 'running' | 'stopped'): void => {
  fleet = new FakeFleet([{}, { state: 'terminated' }, { state }]);
};

describe('a host that this case powered on', () => {
  const poweredOn = async (): Promise<CaseRef> => {
    world('stopped');
    const ref = await approvedWith(day, () => POWER_ON);
    await powerOn(fencing(), ref);
    return ref;
  };

  test('is stopped first, and gets its groups back only when it is off', async () => {
    const ref = await poweredOn();
    fleet.settle();
    fleet.changes.length = 0;
    expect((await lift(fencing(), ref)).done).toBe(false);
    expect(fleet.changes).toEqual([STOP]);
    expect((await lift(fencing(), ref)).done).toBe(false);
    expect(fleet.changes).toEqual([STOP]);
    fleet.settle();
    expect((await lift(fencing(), ref)).done).toBe(true);
    expect(fleet.changes).toEqual([STOP, BACK]);
    expect(fleet.of(HOST)).toMatchObject({ state: 'stopped', groups: ['sg-dkron'] });
  });

  test('is waited for while it is pending, which EC2 would refuse to stop', async () => {
    const ref = await poweredOn();
    fleet.changes.length = 0;
    expect((await lift(fencing(), ref)).done).toBe(false);
    expect(fleet.changes).toEqual([]);
    fleet.settle();
    await lift(fencing(), ref);
    expect(fleet.changes).toEqual([STOP]);
  });

  test('whose start never arrived gets its groups back and stays off', async () => {
    world('stopped');
    const ref = await approvedWith(day, () => POWER_ON);
    fleet.beforeChange = (change) => {
      if (change.startsWith('start')) throw new Error('the connection broke');
    };
    await expect(powerOn(fencing(), ref)).rejects.toThrow('the connection broke');
    fleet.changes.length = 0;
    expect((await lift(fencing(), ref)).done).toBe(true);
    expect(fleet.changes).toEqual([BACK]);
    expect(fleet.of(HOST).state).toBe('stopped');
  });

  test('and that a later plan of the case fenced is left off, as it was found', async () => {
    const powered = await poweredOn();
    fleet.settle();
    const ref = await planned(day, powered);
    await day.clerk.cases.approve(ref.caseId, ref.planId ?? '');
    day.pass(60);
    await secure(fencing(), ref, 0);
    fleet.settle();
    fleet.changes.length = 0;
    expect((await lift(fencing(), ref)).done).toBe(true);
    expect(fleet.changes).toEqual([BACK]);
    expect(fleet.of(HOST).state).toBe('stopped');
  });
});

describe('a fence of a plan that was released', () => {
  /** Released, and planned again: the fence is kept from then on. */
  const released = async (): Promise<CaseRef> => {
    world('running');
    const first = await approvedCaseRef(day);
    agents('notconnected');
    await secure(fencing(), first, 0);
    agents('connected');
    fleet.settle();
    await checked(day, first);
    await guarded(day, first);
    day.pass(300);
    const { case: again } = await planAgain(day.clerk, {
      action: 'plan-again',
      case: first,
      execution: execution('case-1'),
    });
    const ref = await planned(day, again);
    await day.clerk.cases.approve(ref.caseId, ref.planId ?? '');
    fleet.changes.length = 0;
    return ref;
  };

  test('stays, whatever becomes of the second plan', async () => {
    const ref = await released();
    expect(await lift(fencing(), ref)).toEqual({ done: true, fences: [] });
    expect(fleet.changes).toEqual([]);
    expect(fleet.of(HOST)).toMatchObject({ state: 'stopped', groups: ['sg-0quarantine'] });
  });

  test('is off again and still cut off where the second plan had powered it on', async () => {
    const plan = await released();
    const { planId } = plan;
    const ref = await replacePlan(day, plan, { ...(await day.clerk.plans.load(planId ?? '')), ...POWER_ON });
    await powerOn(fencing(), ref);
    expect(fleet.changes).toEqual([`start ${HOST}`]);
    fleet.settle();
    expect((await lift(fencing(), ref)).done).toBe(false);
    fleet.settle();
    expect((await lift(fencing(), ref)).done).toBe(true);
    expect(fleet.changes).toEqual([`start ${HOST}`, STOP]);
    expect(fleet.of(HOST)).toMatchObject({ state: 'stopped', groups: ['sg-0quarantine'] });
  });
});
