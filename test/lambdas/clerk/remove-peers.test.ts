import { removePeers } from '../../../lambdas/clerk/remove-peers';
import type { CaseRef } from '../../../lib/recovery/case';
import type { LeaveResult, RemovePeerResult } from '../../../lib/recovery/order';
import type { Plan, Removal } from '../../../lib/recovery/plan';
import type { NetworkView } from '../../../lib/recovery/survey';
import { opened, planned } from '../../support/case-walk';
import { healthyNetwork, networkInOutage } from '../../support/lost-quorum';
import { WorkingDay } from '../../support/working-day';
import { approvedWith } from '../support/approved';

/* dkron-1 leads three; dkron-3 is to go, by id or by its own leave. */
const LEADER = 'i-00000001';
const GOING = { id: 'dkron-3', address: '10.0.0.3:6868' };
const REMOVED: RemovePeerResult = {
  outcome: 'removed',
  hostId: LEADER,
  removed: ['dkron-3'],
  left: ['dkron-1', 'dkron-2'],
  detail: '',
};
const LEFT: LeaveResult = { outcome: 'left', hostId: 'i-00000003', stopped: [7], leftOver: [], detail: 'bye' };
const refused = (code: string): RemovePeerResult => ({ outcome: 'refused', hostId: LEADER, code, detail: 'it leads' });

let day: WorkingDay;
let ref: CaseRef;
beforeEach(async () => {
  day = await new WorkingDay().withInventory();
});
afterEach(() => day.end());

const approvedFor = async (removalOf: (host: Plan['survivors'][number]) => Removal): Promise<void> => {
  ref = await approvedWith(day, ({ survivors: [one] }) => {
    if (!one) throw new Error('the plan has a survivor');
    const removals = [removalOf({ ...one, ...GOING, instanceId: 'i-00000003' })];
    return { remedy: 'remove', survivors: [], standing: [one], excluded: [], peersJson: null, removals };
  });
  await day.clerk.cases.changeOpen('case-1', { leader: 'dkron-1', leaderAt: day.at });
  day.pass(5);
};
const byId = () => approvedFor(() => ({ by: 'remove-peer', ...GOING, declared: null }));
const byLeave = () => approvedFor((host) => ({ by: 'leave', ...GOING, host }));

const without = (network: NetworkView, gone = 'dkron-3'): NetworkView => ({
  ...network,
  reports: network.reports.map((report) =>
    report.raft.outcome === 'answered'
      ? { ...report, raft: { ...report.raft, servers: report.raft.servers.filter(({ id }) => id !== gone) } }
      : report,
  ),
});
const look = async (
  attempt: number,
  answers: (RemovePeerResult | LeaveResult)[] = [],
  network = healthyNetwork(day.at),
) => (await removePeers(day.clerk, { action: 'remove-peers', case: ref, network, answers, attempt })).decision;
const said = async () =>
  (await day.clerk.cases.events('case-1')).filter(({ phase }) => phase === 'remove-peers').map(({ says }) => says);

test('who cannot come back is removed by id, and the case goes on to the proof when the leader lists it no more', async () => {
  await byId();
  expect(await look(0)).toMatchObject({ next: 'remove', outcome: null });
  expect((await day.clerk.cases.load('case-1')).phase).not.toBe('verify');
  expect(await look(1, [REMOVED], without(healthyNetwork(day.at)))).toMatchObject({ next: 'verify', outcome: null });
  expect((await day.clerk.cases.load('case-1')).phase).toBe('verify');
  expect(await said()).toEqual([
    expect.stringContaining('dkron-3 is still in'),
    'dkron-1 removed dkron-3',
    'dkron-3 left the configuration',
  ]);
});

test('who leaves is waited for, and its leave is told once', async () => {
  await byLeave();
  for (const attempt of [0, 1, 2, 3]) expect((await look(attempt, [LEFT])).next).toBe('again');
  expect((await look(4, [LEFT], without(healthyNetwork(day.at)))).next).toBe('verify');
  expect((await said()).filter((says) => says.startsWith('dkron-3 has left'))).toHaveLength(1);
});

test('after a leave that the leader does not follow it is removed by id, and that is told too', async () => {
  await byLeave();
  expect((await look(19, [LEFT])).next).toBe('again');
  expect((await look(20, [LEFT])).next).toBe('remove');
  expect((await look(21, [REMOVED])).next).toBe('again');
  expect(await said()).toContain('dkron-1 removed dkron-3');
});

test('a refusal ends the case as not proved, with the code of the host', async () => {
  await byId();
  expect(await look(1, [refused('PeerAnswers')])).toMatchObject({ next: 'close', outcome: 'not-proved' });
  const events = (await day.clerk.cases.events('case-1')).filter(({ phase }) => phase === 'remove-peers');
  expect(events).toMatchObject([
    { severity: 'danger', says: 'dkron-1: removal refused, PeerAnswers: it leads' },
    { severity: 'danger', says: expect.stringContaining('PeerAnswers') as string },
  ]);
});

test('when nobody leads for too long it ends as not proved', async () => {
  await byId();
  expect((await look(5, [], networkInOutage(day.at))).next).toBe('again');
  expect(await look(32, [], networkInOutage(day.at))).toMatchObject({ next: 'close', outcome: 'not-proved' });
});

test('another leader is kept with the time it was seen; the same one keeps its own', async () => {
  await byLeave();
  const before = await day.clerk.cases.load('case-1');
  await look(0, [LEFT]);
  expect(await day.clerk.cases.load('case-1')).toMatchObject({ leader: 'dkron-1', leaderAt: before.leaderAt });
  await day.clerk.cases.changeOpen('case-1', { leader: 'dkron-3' });
  day.pass(5);
  await look(1, [LEFT]);
  expect(await day.clerk.cases.load('case-1')).toMatchObject({ leader: 'dkron-1', leaderAt: day.at });
});

test('without a leader the one that was seen is not forgotten', async () => {
  await byLeave();
  const before = await day.clerk.cases.load('case-1');
  await look(0, [LEFT], networkInOutage(day.at));
  expect(await day.clerk.cases.load('case-1')).toMatchObject({ leader: 'dkron-1', leaderAt: before.leaderAt });
});

test('every look lies in the bucket with what it saw', async () => {
  await byId();
  await look(0);
  await look(1, [REMOVED]);
  expect(day.bucket.json('cases/case-1/removals-0.json')).toMatchObject({ answers: [], decision: { next: 'remove' } });
  expect(day.bucket.json('cases/case-1/removals-1.json')).toMatchObject({ answers: [REMOVED] });
});

test('nothing is decided on a plan that nobody approved, or under a lease that is lost', async () => {
  ref = await planned(day, await opened(day));
  await expect(look(0)).rejects.toMatchObject({ name: 'NotApproved' });
  await day.clerk.cases.approve('case-1', ref.planId ?? '');
  ref = { ...ref, counter: ref.counter - 1 };
  await expect(look(0)).rejects.toMatchObject({ name: 'LeaseLost' });
});
