import { GetConnectionStatusCommand } from '@aws-sdk/client-ssm';
import { fencingFrom } from '../../../lambdas/fence/fence';
import { keepStill } from '../../../lambdas/fence/groups';
import { lift } from '../../../lambdas/fence/lift';
import { resume } from '../../../lambdas/fence/resume';
import { secure } from '../../../lambdas/fence/secure';
import type { CaseRef } from '../../../lib/recovery/case';
import { FakeFleet, type FakeGroup } from '../../support/fake-fleet';
import { cluster, QUARANTINE } from '../../support/lost-quorum';
import { WorkingDay } from '../../support/working-day';
import { approvedWith } from '../support/approved';

/* dkron-2 is gone; dkron-1 keeps its data, dkron-3 is to be stopped; both are members of dkron-asg. */
const [SURVIVOR, SILENT] = ['i-00000001', 'i-00000003'];
const PROCESSES = ['Launch', 'Terminate', 'ReplaceUnhealthy', 'HealthCheck', 'AZRebalance', 'InstanceRefresh'];
const SUSPEND = `dkron-asg suspends ${PROCESSES.join(' ')}`;
const RESUME = `dkron-asg resumes ${PROCESSES.join(' ')}`;
const ASIDE = `${SILENT} into standby, one fewer`;
const FENCED = ['eni-3 into sg-0quarantine', `stop ${SILENT} at once`];
const LAST = 24;

let day: WorkingDay;
let fleet: FakeFleet;
const fencing = () =>
  fencingFrom({ clusters: [cluster()], table: 'table', bucket: 'bucket', quarantine: QUARANTINE }, day.clock);
const group = (): FakeGroup => {
  const found = fleet.scaling.get('dkron-asg');
  if (!found) throw new Error('no group');
  return found;
};
const recordOf = async ({ caseId }: CaseRef) => (await day.clerk.cases.load(caseId)).groups['dkron-asg'];
const saidLast = async ({ caseId }: CaseRef) => (await day.clerk.cases.events(caseId)).at(-1);
const approved = (suspend = PROCESSES, standby = [SILENT]): Promise<CaseRef> =>
  approvedWith(day, () => ({ groups: [{ group: 'dkron-asg', suspend, standby }] }));

beforeEach(async () => {
  day = await new WorkingDay().withInventory();
  day.ssm.on(GetConnectionStatusCommand).resolves({ Status: 'notconnected' });
  fleet = new FakeFleet([{ group: 'dkron-asg' }, { state: 'terminated' }, { group: 'dkron-asg' }]);
});
afterEach(() => {
  fleet.end();
  day.end();
});

describe('groups are kept still', () => {
  test('after it was kept what will be changed, first the processes, then Standby with one fewer', async () => {
    const ref = await approved();
    const keptBefore: unknown[] = [];
    fleet.beforeChange = async () => {
      keptBefore.push(await recordOf(ref));
    };
    expect(await keepStill(fencing(), ref, 0)).toEqual({ done: true, fences: [] });
    expect(fleet.changes).toEqual([SUSPEND, ASIDE]);
    const record = { group: 'dkron-asg', suspended: PROCESSES, standby: [SILENT], resumedAt: null, left: null };
    expect(keptBefore).toEqual([record, record]);
    expect(group()).toMatchObject({ desired: 1, lifecycle: { [SILENT]: 'Standby' } });
    expect(await saidLast(ref)).toMatchObject({
      phase: 'secure',
      says: expect.stringContaining('dkron-asg') as string,
    });
  });

  test('once, and what somebody else suspended is not ours', async () => {
    group().suspended = ['AZRebalance', 'ScheduledActions'];
    const ours = PROCESSES.filter((process) => process !== 'AZRebalance');
    const ref = await approved(ours);
    await keepStill(fencing(), ref, 0);
    const changes = [...fleet.changes];
    expect((await keepStill(fencing(), ref, 1)).done).toBe(true);
    expect(fleet.changes).toEqual(changes);
    expect(await recordOf(ref)).toMatchObject({ suspended: ours });
  });

  test('also where the call broke off between its record and its change', async () => {
    const ref = await approved();
    fleet.beforeChange = () => {
      throw new Error('the connection broke');
    };
    await expect(keepStill(fencing(), ref, 0)).rejects.toThrow('the connection broke');
    fleet.beforeChange = () => undefined;
    expect((await keepStill(fencing(), ref, 1)).done).toBe(true);
    expect(await recordOf(ref)).toMatchObject({ suspended: PROCESSES, standby: [SILENT] });
  });

  test('not done while Auto Scaling refuses Standby, and nobody in service is stopped meanwhile', async () => {
    group().min = 2;
    const ref = await approved();
    expect((await keepStill(fencing(), ref, 0)).done).toBe(false);
    expect(await saidLast(ref)).toMatchObject({
      severity: 'warning',
      says: expect.stringContaining('min-size') as string,
    });
    fleet.changes.length = 0;
    const { done, fences } = await secure(fencing(), ref, 0);
    expect(fleet.changes).toEqual([]);
    expect({ done, proved: fences.map(({ proved }) => proved) }).toEqual({ done: true, proved: [true, false] });
    expect(await saidLast(ref)).toMatchObject({
      severity: 'danger',
      says: expect.stringContaining('not in Standby') as string,
    });
  });

  test('not done while an instance refresh began since', async () => {
    group().refresh = 'InProgress';
    expect((await keepStill(fencing(), await approved(), 0)).done).toBe(false);
  });

  test('a member in Standby is stopped', async () => {
    const ref = await approved();
    await keepStill(fencing(), ref, 0);
    await secure(fencing(), ref, 0);
    expect(fleet.changes).toEqual([SUSPEND, ASIDE, ...FENCED]);
  });

  test('a plan that names none asks for nothing', async () => {
    const ref = await approvedWith(day, () => ({ groups: [] }));
    expect((await keepStill(fencing(), ref, 0)).done).toBe(true);
    expect((await resume(fencing(), ref, 0)).done).toBe(true);
    expect(fleet.changes).toEqual([]);
  });
});

describe('groups go on', () => {
  const fenced = async (ref?: CaseRef): Promise<CaseRef> => {
    const of = ref ?? (await approved());
    await keepStill(fencing(), of, 0);
    await secure(fencing(), of, 0);
    fleet.settle();
    fleet.changes.length = 0;
    return of;
  };
  /** Past the point of no return, with a proof or without one. */
  const released = async (isProved: boolean): Promise<CaseRef> => {
    const ref = await fenced();
    const provedAt = isProved ? day.at : null;
    await day.clerk.cases.changeOpen(ref.caseId, { pointOfNoReturnAt: day.at, provedAt });
    return ref;
  };

  test('after a recovery, while the fenced member stays in Standby', async () => {
    const ref = await released(true);
    expect((await resume(fencing(), ref, 0)).done).toBe(true);
    expect(fleet.changes).toEqual([RESUME]);
    expect(group()).toMatchObject({ suspended: [], desired: 1, lifecycle: { [SILENT]: 'Standby' } });
    expect(await recordOf(ref)).toMatchObject({ resumedAt: day.at, standby: [SILENT], left: null });
    expect((await resume(fencing(), ref, 1)).done).toBe(true);
    expect(fleet.changes).toEqual([RESUME]);
  });

  test('only when every member that runs is Healthy', async () => {
    const ref = await released(true);
    group().unhealthy = [SURVIVOR];
    expect((await resume(fencing(), ref, 0)).done).toBe(false);
    expect((await resume(fencing(), ref, 1)).done).toBe(true);
    expect(fleet.changes).toEqual([`${SURVIVOR} is Healthy`, RESUME]);
  });

  test('after an undone case as found: started, out of Standby, Healthy, then the rest', async () => {
    const ref = await fenced();
    await lift(fencing(), ref);
    expect((await resume(fencing(), ref, 0)).done).toBe(false);
    fleet.settle();
    fleet.changes.length = 0;
    expect((await resume(fencing(), ref, 1)).done).toBe(false);
    expect((await resume(fencing(), ref, 2)).done).toBe(true);
    expect(fleet.changes).toEqual([
      'dkron-asg resumes Launch',
      `${SILENT} is Healthy`,
      `${SILENT} out of standby`,
      RESUME,
    ]);
    expect(group()).toMatchObject({ desired: 2, suspended: [], lifecycle: { [SILENT]: 'InService' } });
    expect(await recordOf(ref)).toMatchObject({ standby: [], resumedAt: day.at });
  });

  describe('after a power-cycle', () => {
    const CYCLED = { quarantinedAt: null, cycledAt: '2026-03-01T04:00:00.000Z', kept: false };
    /** A plan that was released; what its record says of the member. */
    const releasedWith = async (asked: { stopAskedAt: string | null; startAskedAt: string | null }) => {
      const ref = await approved();
      await keepStill(fencing(), ref, 0);
      const before = { instanceId: SILENT, groupsBefore: { 'eni-3': ['sg-dkron'] }, stateBefore: 'running' };
      await day.clerk.cases.recordFence(ref.caseId, { ...before, ...CYCLED, ...asked });
      await day.clerk.cases.changeOpen(ref.caseId, { pointOfNoReturnAt: day.at, provedAt: day.at });
      fleet.changes.length = 0;
      for (let look = 0; look < 3; look += 1) {
        await resume(fencing(), ref, look);
        fleet.settle();
      }
      return group().lifecycle[SILENT];
    };

    test('a member that is on again is in service', async () => {
      const asked = { stopAskedAt: '2026-03-01T04:00:00.000Z', startAskedAt: '2026-03-01T04:00:05.000Z' };
      expect(await releasedWith(asked)).toBe('InService');
    });

    test('so is one that was let in before the plan that is released now', async () => {
      expect(await releasedWith({ stopAskedAt: null, startAskedAt: null })).toBe('InService');
    });

    test('one that this plan fenced for good stays in Standby', async () => {
      expect(await releasedWith({ stopAskedAt: '2026-03-01T04:09:00.000Z', startAskedAt: null })).toBe('Standby');
    });
  });

  test('and a host that does not come up again stays in Standby: out of it, its group would end it', async () => {
    const ref = await fenced();
    expect((await resume(fencing(), ref, LAST)).done).toBe(true);
    expect(fleet.changes).toEqual([RESUME]);
    expect(await recordOf(ref)).toMatchObject({ standby: [SILENT], resumedAt: day.at });
  });

  test('takes nobody out of Standby where somebody else suspended Launch', async () => {
    group().suspended = ['Launch'];
    const ref = await fenced(await approved(PROCESSES.filter((process) => process !== 'Launch')));
    await lift(fencing(), ref);
    fleet.settle();
    expect((await resume(fencing(), ref, 0)).done).toBe(true);
    expect(group().suspended).toEqual(['Launch']);
    expect(await recordOf(ref)).toMatchObject({ standby: [SILENT], resumedAt: day.at });
  });

  test.each<[string, (made: FakeGroup) => void, RegExp]>([
    [
      'a fenced member is in service after all',
      (made) => (made.lifecycle[SILENT] = 'InService'),
      /would end and replace/,
    ],
    ['an instance refresh is under way', (made) => (made.refresh = 'Pending'), /instance refresh/],
    ['it wants fewer than it has', (made) => (made.desired = 0), /wants 0 of 1/],
  ])('not where %s: that is left, and said', async (_, change, why) => {
    const ref = await released(true);
    change(group());
    expect((await resume(fencing(), ref, 0)).done).toBe(true);
    expect(fleet.changes).toEqual([]);
    expect(await recordOf(ref)).toMatchObject({ resumedAt: null, left: expect.stringMatching(why) as string });
    expect(await saidLast(ref)).toMatchObject({ severity: 'danger', says: expect.stringMatching(why) as string });
  });

  test('not where it would launch an empty server and no leader is proved (E3)', async () => {
    const ref = await released(false);
    group().desired = 2;
    await resume(fencing(), ref, 0);
    expect(fleet.changes).toEqual([]);
    await day.clerk.cases.changeOpen(ref.caseId, { provedAt: day.at });
    await resume(fencing(), ref, 1);
    expect(fleet.changes).toEqual([RESUME]);
  });

  test('under the lease only', async () => {
    const ref = await released(true);
    await expect(resume(fencing(), { ...ref, counter: ref.counter + 1 }, 0)).rejects.toMatchObject({
      name: 'LeaseLost',
    });
    expect(fleet.changes).toEqual([]);
  });

  test('nothing is left to do where the group was deleted meanwhile', async () => {
    const ref = await released(true);
    fleet.scaling.clear();
    expect((await resume(fencing(), ref, 0)).done).toBe(true);
    expect(await recordOf(ref)).toMatchObject({ resumedAt: day.at, standby: [] });
  });
});

describe('instance store', () => {
  const onDisks = async (destroys?: 'instance-store'): Promise<CaseRef> => {
    fleet.end();
    fleet = new FakeFleet([{}, { state: 'terminated' }, { type: 'm5d.large' }]);
    return approvedWith(day, ({ excluded }) => ({
      excluded: excluded.map((one) =>
        one.fence.kind === 'quarantine-stop' && destroys ? { ...one, fence: { ...one.fence, destroys } } : one,
      ),
    }));
  };

  test('is stopped where the plan that was approved says what is destroyed', async () => {
    await secure(fencing(), await onDisks('instance-store'), 0);
    expect(fleet.changes).toEqual(FENCED);
  });

  test('is not stopped where it appeared since, and that is said', async () => {
    const ref = await onDisks();
    expect((await secure(fencing(), ref, 0)).done).toBe(true);
    expect(fleet.changes).toEqual([]);
    expect(await saidLast(ref)).toMatchObject({
      severity: 'danger',
      says: expect.stringContaining('destroys everything') as string,
    });
  });
});
