import { GetConnectionStatusCommand } from '@aws-sdk/client-ssm';
import { fencingFrom } from '../../../lambdas/fence/fence';
import { letIn, powerOn } from '../../../lambdas/fence/power-on';
import type { CaseRef } from '../../../lib/recovery/case';
import type { FenceRecord } from '../../../lib/recovery/fence';
import { opened, planned } from '../../support/case-walk';
import { FakeFleet } from '../../support/fake-fleet';
import { cluster, QUARANTINE } from '../../support/lost-quorum';
import { WorkingDay } from '../../support/working-day';
import { approvedWith, replacePlan } from '../support/approved';

/* dkron-2 and dkron-3 are stopped and have their disks: the plan powers on dkron-3 alone, or both. */
const HOST = 'i-00000003';
const INTO_QUARANTINE = 'eni-3 into sg-0quarantine';
const START = `start ${HOST}`;

let day: WorkingDay;
let fleet: FakeFleet;
const fencing = (quarantine: Record<string, string> = QUARANTINE) =>
  fencingFrom({ clusters: [cluster()], table: 'table', bucket: 'bucket', quarantine }, day.clock);
const recordOf = async ({ caseId }: CaseRef): Promise<FenceRecord | undefined> =>
  (await day.clerk.cases.fencesOf(caseId))[HOST];
const agents = (Status: 'connected' | 'notconnected') => day.ssm.on(GetConnectionStatusCommand).resolves({ Status });

beforeEach(async () => {
  day = await new WorkingDay().withInventory();
  fleet = new FakeFleet([{}, { state: 'stopped' }, { state: 'stopped' }]);
  agents('notconnected');
});
afterEach(() => {
  fleet.end();
  day.end();
});

const hostOf = (n: number) => ({ id: `dkron-${n}`, instanceId: `i-0000000${n}`, interfaceIds: [`eni-${n}`] });
const approvedFor = (...hosts: readonly number[]): Promise<CaseRef> =>
  approvedWith(day, () => ({ remedy: 'power-on', powerOn: hosts.map(hostOf) }));

describe('power on', () => {
  test('keeps what it found and that it starts, cuts the network, then starts', async () => {
    const ref = await approvedFor(3);
    const keptBefore: unknown[] = [];
    fleet.beforeChange = async (change) => {
      keptBefore.push([change, await recordOf(ref)]);
    };
    expect(await powerOn(fencing(), ref)).toEqual({ done: false, fences: [] });
    expect(fleet.changes).toEqual([INTO_QUARANTINE, START]);
    const found = {
      groupsBefore: { 'eni-3': ['sg-dkron'] },
      stateBefore: 'stopped',
      startAskedAt: day.at,
      kept: false,
    };
    expect(keptBefore).toMatchObject([
      [INTO_QUARANTINE, { ...found, quarantinedAt: null }],
      [START, { ...found, quarantinedAt: day.at }],
    ]);
    const said = (await day.clerk.cases.events(ref.caseId)).at(-1);
    expect(said).toMatchObject({ phase: 'power-on', says: `dkron-3: ${HOST} is starting, in quarantine` });
  });

  test('is done when the instance runs and its agent is there, and does nothing twice', async () => {
    const ref = await approvedFor(3);
    await powerOn(fencing(), ref);
    const first = await recordOf(ref);
    expect((await powerOn(fencing(), ref)).done).toBe(false);
    fleet.settle();
    expect((await powerOn(fencing(), ref)).done).toBe(false);
    agents('connected');
    day.pass(30);
    expect((await powerOn(fencing(), ref)).done).toBe(true);
    expect(fleet.changes).toEqual([INTO_QUARANTINE, START]);
    expect(await recordOf(ref)).toEqual(first);
  });

  test('waits for the last of several', async () => {
    const ref = await approvedFor(2, 3);
    await powerOn(fencing(), ref);
    expect(fleet.changes).toEqual(['eni-2 into sg-0quarantine', 'start i-00000002', INTO_QUARANTINE, START]);
    agents('connected');
    fleet.of('i-00000002').state = 'running';
    expect((await powerOn(fencing(), ref)).done).toBe(false);
    fleet.settle();
    expect((await powerOn(fencing(), ref)).done).toBe(true);
  });

  test('asks again for a start that failed in the call, and keeps the groups as they were found', async () => {
    const ref = await approvedFor(3);
    fleet.beforeChange = (change) => {
      if (change === START) throw new Error('the connection broke');
    };
    await expect(powerOn(fencing(), ref)).rejects.toThrow('the connection broke');
    const first = await recordOf(ref);
    expect(first).toMatchObject({ startAskedAt: day.at });
    fleet.beforeChange = () => undefined;
    day.pass(5);
    await powerOn(fencing(), ref);
    expect(fleet.changes).toEqual([INTO_QUARANTINE, START]);
    expect(await recordOf(ref)).toEqual(first);
  });

  test('cuts the network first also where only that failed, so that nobody boots into the cluster', async () => {
    const ref = await approvedFor(3);
    fleet.beforeChange = (change) => {
      if (change === INTO_QUARANTINE) throw new Error('throttled');
    };
    await expect(powerOn(fencing(), ref)).rejects.toThrow('throttled');
    expect(fleet.of(HOST).state).toBe('stopped');
    fleet.beforeChange = () => undefined;
    await powerOn(fencing(), ref);
    expect(fleet.changes).toEqual([INTO_QUARANTINE, START]);
    expect(await recordOf(ref)).toMatchObject({ groupsBefore: { 'eni-3': ['sg-dkron'] }, quarantinedAt: day.at });
  });

  test('starts nothing where there is no quarantine group for its network, and is never done', async () => {
    const ref = await approvedFor(3);
    expect((await powerOn(fencing({}), ref)).done).toBe(false);
    expect(fleet.changes).toEqual([]);
    expect(await recordOf(ref)).toBeUndefined();
  });

  test('leaves a host alone that somebody started meanwhile', async () => {
    const ref = await approvedFor(3);
    fleet.of(HOST).state = 'running';
    agents('connected');
    expect((await powerOn(fencing(), ref)).done).toBe(true);
    expect(fleet.changes).toEqual([]);
    expect(await recordOf(ref)).toBeUndefined();
  });

  test('does nothing for a plan that nobody approved, or under a lease that is lost', async () => {
    const ref = await planned(day, await opened(day));
    await expect(powerOn(fencing(), ref)).rejects.toMatchObject({ name: 'NotApproved' });
    await day.clerk.cases.approve(ref.caseId, ref.planId ?? '');
    const other = { ...ref, counter: ref.counter + 1 };
    await expect(powerOn(fencing(), other)).rejects.toMatchObject({ name: 'LeaseLost' });
    expect(fleet.changes).toEqual([]);
  });
});

describe('let in', () => {
  const OUT = ['eni-2 into sg-dkron', 'eni-3 into sg-dkron'];
  /** Both were powered on, are up, and are to be let in by the plan after it. */
  const cutOff = async (): Promise<CaseRef> => {
    await powerOn(fencing(), await approvedFor(2, 3));
    fleet.settle();
    agents('connected');
    fleet.changes.length = 0;
    const ref = { ...(await day.clerk.cases.load('case-1')) };
    const counter = ref.counter ?? 0;
    const { planId, mode, caseId, openedAt } = ref;
    const before = await day.clerk.plans.load(planId ?? '');
    const letInBoth = { ...before, remedy: 'restart' as const, powerOn: [], letIn: ['i-00000002', HOST] };
    return replacePlan(day, { caseId, cluster: 'demo', mode, openedAt, counter, planId }, letInBoth);
  };

  test('gives all of them their groups back, and is done only when it looked a second time', async () => {
    const ref = await cutOff();
    expect(await letIn(fencing(), ref, 0)).toEqual({ done: false, fences: [] });
    expect(fleet.changes).toEqual(OUT);
    expect(await letIn(fencing(), ref, 1)).toEqual({ done: true, fences: [] });
    expect(fleet.changes).toEqual(OUT);
    const said = (await day.clerk.cases.events(ref.caseId)).filter(({ says }) =>
      says.endsWith('let out of quarantine'),
    );
    expect(said).toMatchObject([{ phase: 'release', says: `i-00000002, ${HOST} let out of quarantine` }]);
  });

  test('is not done while an agent is away', async () => {
    const ref = await cutOff();
    await letIn(fencing(), ref, 0);
    agents('notconnected');
    expect((await letIn(fencing(), ref, 1)).done).toBe(false);
    agents('connected');
    expect((await letIn(fencing(), ref, 2)).done).toBe(true);
  });

  test('has nothing to do where a plan lets nobody in', async () => {
    const ref = await approvedWith(day, () => ({}));
    expect((await letIn(fencing(), ref, 0)).done).toBe(true);
    expect(fleet.changes).toEqual([]);
    expect((await day.clerk.cases.events(ref.caseId)).filter(({ phase }) => phase === 'release')).toEqual([]);
  });

  test('gives a host that comes back the groups of before it was fenced, not those in which it was found', async () => {
    const ref = await cutOff();
    const before = await day.clerk.plans.load(ref.planId ?? '');
    const [survivor] = before.survivors;
    if (!survivor) throw new Error('the plan has a survivor');
    const back = { ...survivor, id: 'dkron-3', instanceId: HOST, heldBy: null, groups: { 'eni-3': ['sg-of-old'] } };
    const readmit = { ...before, remedy: 'readmit' as const, survivors: [], letIn: [HOST], joining: [back] };
    await letIn(fencing(), await replacePlan(day, ref, readmit), 0);
    expect(fleet.changes).toEqual(['eni-3 into sg-of-old']);
  });
});
