import { GetConnectionStatusCommand } from '@aws-sdk/client-ssm';
import { fencingFrom } from '../../../lambdas/fence/fence';
import { lift } from '../../../lambdas/fence/lift';
import { look } from '../../../lambdas/fence/look';
import { secure } from '../../../lambdas/fence/secure';
import type { CaseRef } from '../../../lib/recovery/case';
import { approvedCaseRef, checked, guarded, opened, planned } from '../../support/case-walk';
import { FakeFleet, type FakeInstance } from '../../support/fake-fleet';
import { cluster, QUARANTINE } from '../../support/lost-quorum';
import { WorkingDay } from '../../support/working-day';

/* dkron-2 is gone with its disk; dkron-3 runs and is silent: it is to be fenced. Its instance is i-00000003. */
const SILENT = 'i-00000003';
const INTO_QUARANTINE = 'eni-3 into sg-0quarantine';
const STOP = `stop ${SILENT} at once`;

let day: WorkingDay;
let fleet: FakeFleet;
const fencing = () =>
  fencingFrom({ clusters: [cluster()], table: 'table', bucket: 'bucket', quarantine: QUARANTINE }, day.clock);
const recordOf = async ({ caseId }: CaseRef) => (await day.clerk.cases.fencesOf(caseId))[SILENT];
const gone = { state: 'terminated' as const };
const world = (silent: Partial<FakeInstance> = {}): void => {
  fleet.end();
  fleet = new FakeFleet([{}, gone, silent]);
};

beforeEach(async () => {
  day = await new WorkingDay().withInventory();
  day.ssm.on(GetConnectionStatusCommand).resolves({ Status: 'notconnected' });
  fleet = new FakeFleet([{}, gone, {}]);
});
afterEach(() => {
  fleet.end();
  day.end();
});

describe('secure', () => {
  test('keeps what it found, cuts the network, then stops without an orderly shutdown', async () => {
    const ref = await approvedCaseRef(day);
    const keptBefore: unknown[] = [];
    fleet.beforeChange = async (change) => {
      keptBefore.push([change, await recordOf(ref)]);
    };
    const first = await secure(fencing(), ref, 0);
    expect(fleet.changes).toEqual([INTO_QUARANTINE, STOP]);
    expect(keptBefore).toMatchObject([
      [INTO_QUARANTINE, { groupsBefore: { 'eni-3': ['sg-dkron'] }, stateBefore: 'running', quarantinedAt: null }],
      [STOP, { quarantinedAt: day.at, stopAskedAt: day.at }],
    ]);
    expect(first.done).toBe(false);

    fleet.settle();
    const second = await secure(fencing(), ref, 1);
    expect(second.done).toBe(true);
    expect(second.fences).toMatchObject([
      { serverId: 'dkron-2', kind: 'gone', proved: true },
      { serverId: 'dkron-3', kind: 'quarantine-stop', proved: true },
    ]);
    expect(fleet.changes).toEqual([INTO_QUARANTINE, STOP]);
  });

  test('a stop that fails in the call is on record, so that it can be taken back', async () => {
    const ref = await approvedCaseRef(day);
    fleet.beforeChange = (change) => {
      if (change === STOP) throw new Error('the connection broke');
    };
    await expect(secure(fencing(), ref, 0)).rejects.toThrow('the connection broke');
    expect(await recordOf(ref)).toMatchObject({ stateBefore: 'running', stopAskedAt: day.at });
  });

  test('touches nobody when the agent of one that was counted as lost hears again: its quorum may be back', async () => {
    const ref = await approvedCaseRef(day);
    day.ssm.on(GetConnectionStatusCommand).resolves({ Status: 'connected' });
    const { done, fences } = await secure(fencing(), ref, 0);
    expect(fleet.changes).toEqual([]);
    expect(await recordOf(ref)).toBeUndefined();
    expect(done).toBe(true);
    expect(fences).toMatchObject([{ proved: true }, { serverId: 'dkron-3', proved: false }]);
    expect((await day.clerk.cases.events(ref.caseId)).map(({ says }) => says)).toContain(
      `nobody is stopped: the agent of dkron-3 on ${SILENT} is connected again`,
    );
  });

  test('stops one whose agent hears in quarantine all the same', async () => {
    const ref = await approvedCaseRef(day);
    fleet.beforeChange = (change) => {
      if (change === STOP) throw new Error('the connection broke');
    };
    await expect(secure(fencing(), ref, 0)).rejects.toThrow('the connection broke');
    fleet.beforeChange = () => undefined;
    day.ssm.on(GetConnectionStatusCommand).resolves({ Status: 'connected' });
    await secure(fencing(), ref, 0);
    expect(fleet.of(SILENT)).toMatchObject({ state: 'stopping', groups: ['sg-0quarantine'] });
  });

  test('leaves the survivor alone', async () => {
    await secure(fencing(), await approvedCaseRef(day), 0);
    expect(fleet.of('i-00000001')).toMatchObject({ state: 'running', groups: ['sg-dkron'] });
  });

  test('skips what is so already', async () => {
    world({ state: 'stopped', groups: ['sg-0quarantine'] });
    const { done } = await secure(fencing(), await approvedCaseRef(day), 0);
    expect(fleet.changes).toEqual([]);
    expect(done).toBe(true);
  });

  test('waits for a pending instance, which EC2 would refuse to stop', async () => {
    world({ state: 'pending' });
    const ref = await approvedCaseRef(day);
    expect((await secure(fencing(), ref, 0)).done).toBe(false);
    expect(fleet.changes).toEqual([INTO_QUARANTINE]);
    fleet.settle();
    await secure(fencing(), ref, 1);
    expect(fleet.changes).toEqual([INTO_QUARANTINE, STOP]);
  });

  test('asks once more, by force, when a stop hangs for twenty looks', async () => {
    const ref = await approvedCaseRef(day);
    for (let attempt = 0; attempt <= 20; attempt += 1) await secure(fencing(), ref, attempt);
    expect(fleet.changes).toEqual([INTO_QUARANTINE, STOP, `${STOP} by force`]);
  });

  test.each<[string, Partial<FakeInstance>]>([
    ['a member of an Auto Scaling group', { group: 'dkron-servers' }],
    ['on a type with instance-store disks', { type: 'm5d.large' }],
    ['on a type that EC2 does not know and whose name says disks', { type: 'new7gd.large' }],
    ['a one-time Spot instance', { spot: true }],
    ['protected against a stop', { stopProtected: true }],
  ])('touches nothing of an instance that is %s, and does not wait for it', async (_, silent) => {
    world(silent);
    const ref = await approvedCaseRef(day);
    const { done, fences } = await secure(fencing(), ref, 0);
    expect(fleet.changes).toEqual([]);
    expect(await recordOf(ref)).toBeUndefined();
    expect(done).toBe(true);
    expect(fences).toMatchObject([{ proved: true }, { serverId: 'dkron-3', proved: false }]);
  });

  test('does not wait for an instance that somebody ends meanwhile', async () => {
    world({ state: 'shutting-down' });
    const { done, fences } = await secure(fencing(), await approvedCaseRef(day), 0);
    expect(done).toBe(true);
    expect(fences).toMatchObject([{ proved: true }, { serverId: 'dkron-3', proved: false }]);
    expect(fleet.changes).toEqual([]);
  });

  test('fences a persistent Spot instance, which can be stopped', async () => {
    world({ spot: true, spotRequest: 'sir-1' });
    await secure(fencing(), await approvedCaseRef(day), 0);
    expect(fleet.changes).toEqual([INTO_QUARANTINE, STOP]);
  });

  test('does nothing for a plan that nobody approved, or under a lease that is lost', async () => {
    const ref = await planned(day, await opened(day));
    await expect(secure(fencing(), ref, 0)).rejects.toMatchObject({ name: 'NotApproved' });
    await day.clerk.cases.approve(ref.caseId, ref.planId ?? '');
    await expect(secure(fencing(), { ...ref, counter: ref.counter + 1 }, 0)).rejects.toMatchObject({
      name: 'LeaseLost',
    });
    expect(fleet.changes).toEqual([]);
  });
});

describe('look', () => {
  test('proves nothing while the host still stops, and changes nothing', async () => {
    const ref = await approvedCaseRef(day);
    await secure(fencing(), ref, 0);
    const before = [...fleet.changes];
    expect((await look(fencing(), ref)).fences).toMatchObject([{ proved: true }, { proved: false }]);
    fleet.settle();
    expect((await look(fencing(), ref)).done).toBe(true);
    expect(fleet.changes).toEqual(before);
  });

  test('takes the proof back when somebody starts the host again or lets it out of the quarantine', async () => {
    const ref = await approvedCaseRef(day);
    await secure(fencing(), ref, 0);
    fleet.settle();
    fleet.of(SILENT).groups = ['sg-dkron'];
    expect((await look(fencing(), ref)).done).toBe(false);
    fleet.of(SILENT).groups = ['sg-0quarantine'];
    fleet.of(SILENT).state = 'running';
    expect((await look(fencing(), ref)).done).toBe(false);
  });
});

describe('lift', () => {
  const fenced = async (): Promise<CaseRef> => {
    const ref = await approvedCaseRef(day);
    await secure(fencing(), ref, 0);
    return ref;
  };
  const BACK = ['eni-3 into sg-dkron', `start ${SILENT}`];

  test('puts the groups back first, then the power, and does it once', async () => {
    const ref = await fenced();
    fleet.settle();
    fleet.changes.length = 0;
    expect(await lift(fencing(), ref)).toEqual({ done: true, fences: [] });
    expect(fleet.changes).toEqual(BACK);
    fleet.settle();
    expect((await lift(fencing(), ref)).done).toBe(true);
    expect(fleet.changes).toEqual(BACK);
    expect(fleet.of(SILENT)).toMatchObject({ state: 'running', groups: ['sg-dkron'] });
  });

  test('is not done while the host still stops', async () => {
    const ref = await fenced();
    expect((await lift(fencing(), ref)).done).toBe(false);
    fleet.settle();
    expect((await lift(fencing(), ref)).done).toBe(true);
    expect(fleet.of(SILENT).state).toBe('pending');
  });

  test('finds a host whose tags were taken away meanwhile', async () => {
    const ref = await fenced();
    fleet.settle();
    fleet.of(SILENT).tags = {};
    fleet.changes.length = 0;
    await lift(fencing(), ref);
    expect(fleet.changes).toEqual(BACK);
  });

  test('does not start a host that was found stopped', async () => {
    world({ state: 'stopped' });
    const ref = await fenced();
    expect(fleet.changes).toEqual([INTO_QUARANTINE]);
    await lift(fencing(), ref);
    expect(fleet.changes).toEqual([INTO_QUARANTINE, 'eni-3 into sg-dkron']);
    expect(fleet.of(SILENT).state).toBe('stopped');
  });

  test('has nothing to do where this case fenced nothing, or where the host is no more', async () => {
    const ref = await approvedCaseRef(day);
    expect((await lift(fencing(), ref)).done).toBe(true);
    await secure(fencing(), ref, 0);
    fleet.changes.length = 0;
    fleet.of(SILENT).state = 'terminated';
    expect((await lift(fencing(), ref)).done).toBe(true);
    expect(fleet.changes).toEqual([]);
  });

  test('leaves every fence in place past the point of no return, and says so', async () => {
    const ref = await fenced();
    fleet.settle();
    await checked(day, ref);
    expect((await guarded(day, ref)).decision.next).toBe('release');
    fleet.changes.length = 0;
    await expect(lift(fencing(), ref)).rejects.toMatchObject({ name: 'PastPointOfNoReturn' });
    expect(fleet.changes).toEqual([]);
  });
});
