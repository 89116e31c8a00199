import { GetConnectionStatusCommand } from '@aws-sdk/client-ssm';
import { fencingFrom } from '../../../lambdas/fence/fence';
import { lift } from '../../../lambdas/fence/lift';
import { powerOn } from '../../../lambdas/fence/power-on';
import type { CaseRef } from '../../../lib/recovery/case';
import { FakeFleet } from '../../support/fake-fleet';
import { cluster, QUARANTINE } from '../../support/lost-quorum';
import { WorkingDay } from '../../support/working-day';
import { approvedWith } from '../support/approved';

/* dkron-3 runs and is silent: the plan stops it and starts it again, cut off all the while. */
const HOST = 'i-00000003';
const INTO_QUARANTINE = 'eni-3 into sg-0quarantine';
const BACK = 'eni-3 into sg-dkron';
const STOP = `stop ${HOST} at once`;
const START = `start ${HOST}`;

let day: WorkingDay;
let fleet: FakeFleet;
const fencing = () =>
  fencingFrom({ clusters: [cluster()], table: 'table', bucket: 'bucket', quarantine: QUARANTINE }, day.clock);
const agents = (Status: 'connected' | 'notconnected') => day.ssm.on(GetConnectionStatusCommand).resolves({ Status });
const approved = (): Promise<CaseRef> =>
  approvedWith(day, () => ({
    ...{ remedy: 'power-cycle', excluded: [], countAsLost: [] },
    powerOn: [{ id: 'dkron-3', instanceId: HOST, interfaceIds: ['eni-3'] }],
  }));
const fenceOf = async ({ caseId }: CaseRef) => (await day.clerk.cases.fencesOf(caseId))[HOST];

beforeEach(async () => {
  day = await new WorkingDay().withInventory();
  fleet = new FakeFleet([{}, { state: 'terminated' }, {}]);
  agents('notconnected');
});
afterEach(() => {
  fleet.end();
  day.end();
});

/** Stopped and started again, and up. */
const cycled = async (): Promise<CaseRef> => {
  const ref = await approved();
  for (let look = 0; look < 2; look += 1) {
    expect((await powerOn(fencing(), ref, look)).done).toBe(false);
    fleet.settle();
    day.pass(5);
  }
  return ref;
};

test('quarantine, stop, and only then a start; each is kept in the case before it is done', async () => {
  const ref = await approved();
  const kept: unknown[] = [];
  fleet.beforeChange = async (change) => {
    const { stopAskedAt, startAskedAt } = (await fenceOf(ref)) ?? {};
    kept.push([change, stopAskedAt !== null, startAskedAt !== null]);
  };
  await powerOn(fencing(), ref, 0);
  expect((await powerOn(fencing(), ref, 1)).done).toBe(false);
  expect(fleet.changes.filter((change) => change === START)).toEqual([]);
  fleet.settle();
  day.pass(5);
  await powerOn(fencing(), ref, 2);
  expect(kept).toEqual([
    [INTO_QUARANTINE, false, false],
    [STOP, true, false],
    [START, true, true],
  ]);
  expect(await fenceOf(ref)).toMatchObject({ groupsBefore: { 'eni-3': ['sg-dkron'] }, stateBefore: 'running' });
});

test('a host whose agent hears again right before is not touched: there is nothing to cycle', async () => {
  const ref = await approved();
  agents('connected');
  expect((await powerOn(fencing(), ref, 0)).done).toBe(true);
  expect(fleet.changes).toEqual([]);
  expect(await fenceOf(ref)).toBeUndefined();
});

test('is done when its agent is there', async () => {
  const ref = await cycled();
  expect((await powerOn(fencing(), ref, 2)).done).toBe(false);
  agents('connected');
  expect((await powerOn(fencing(), ref, 3)).done).toBe(true);
});

test('a host that stays silent is given up when its time is over, and stays cut off until the case ends', async () => {
  const ref = await cycled();
  day.pass(cluster().policy.agentSeconds);
  expect((await powerOn(fencing(), ref, 2)).done).toBe(true);
  expect(fleet.changes).toEqual([INTO_QUARANTINE, STOP, START]);
});

test('undone, it goes on in its groups as it was found: running', async () => {
  const ref = await cycled();
  expect((await lift(fencing(), ref)).done).toBe(true);
  expect(fleet.changes.slice(3)).toEqual([BACK]);
  expect(fleet.of(HOST).state).toBe('running');
});

test('undone while it is stopped, it gets its groups back first, and then its power', async () => {
  const ref = await approved();
  await powerOn(fencing(), ref, 0);
  fleet.settle();
  expect((await lift(fencing(), ref)).done).toBe(true);
  expect(fleet.changes.slice(2)).toEqual([BACK, START]);
});

test('undone after it came up empty, it is stopped before it gets its groups back, and left so', async () => {
  const ref = await cycled();
  const fence = await fenceOf(ref);
  if (fence) await day.clerk.cases.recordFence(ref.caseId, { ...fence, foundEmpty: true });
  expect((await lift(fencing(), ref)).done).toBe(false);
  fleet.settle();
  expect((await lift(fencing(), ref)).done).toBe(true);
  expect(fleet.changes.slice(3)).toEqual([STOP, BACK]);
  expect(fleet.of(HOST).state).toBe('stopped');
});
