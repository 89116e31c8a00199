import { awaitLeader } from '../../../lambdas/clerk/await-leader';
import { MOST_LOOKS, verify } from '../../../lambdas/clerk/verify';
import type { CaseRef } from '../../../lib/recovery/case';
import { approvedCaseRef, checked, guarded } from '../../support/case-walk';
import { looked, networkInOutage, networkWithLeader, released } from '../../support/lost-quorum';
import { WorkingDay } from '../../support/working-day';

let day: WorkingDay;
let ref: CaseRef;
beforeEach(async () => {
  day = await new WorkingDay().withInventory();
  ref = await approvedCaseRef(day);
  await checked(day, ref);
  await guarded(day, ref);
  day.pass(2);
  const network = networkWithLeader(day.at);
  await awaitLeader(day.clerk, {
    action: 'await-leader',
    case: ref,
    network,
    releases: [released(day.at)],
    attempt: 1,
  });
});
afterEach(() => day.end());

const look = (
  attempt: number,
  canary: Parameters<typeof looked>[0] = 'not-asked',
  network = networkWithLeader(day.at),
) => verify(day.clerk, { action: 'verify', case: ref, network, looks: [looked(canary)], attempt });
const stateOf = (rungs: { id: string; state: string }[], id: string) => rungs.find((rung) => rung.id === id)?.state;

test('right after the leader nothing is proved: the next look comes a second after the time of proof', async () => {
  const leaderAt = day.at;
  const { decision, waitUntil, rungs } = await look(1, 'created-and-deleted');
  expect(decision.next).toBe('again');
  expect(stateOf(rungs, 'held')).toBe('pending');
  expect(Date.parse(waitUntil) - Date.parse(leaderAt)).toBe(76_000);
});

test('all rungs and the time of proof make it recovered; the canary of the first look counts', async () => {
  await look(1, 'created-and-deleted');
  day.pass(76);
  const { decision, rungs } = await look(2);
  expect(rungs.filter(({ state }) => state !== 'passed')).toEqual([]);
  expect(decision).toMatchObject({ next: 'close', outcome: 'recovered' });
  expect(await day.clerk.cases.load('case-1')).toMatchObject({ provedAt: day.at, jobsBefore: 20, jobsAfter: 20 });
});

test('without a canary it is not recovered, however long it held', async () => {
  day.pass(76);
  const { decision, rungs } = await look(1);
  expect(decision.next).toBe('again');
  expect(stateOf(rungs, 'canary')).not.toBe('passed');
});

test('looks are bounded: after the last one the case ends as not proved', async () => {
  day.pass(76);
  expect((await look(MOST_LOOKS - 1)).decision.next).toBe('again');
  expect((await look(MOST_LOOKS)).decision).toMatchObject({ next: 'close', outcome: 'not-proved' });
});

test('a leader that is gone again is no recovery', async () => {
  await look(1, 'created-and-deleted');
  day.pass(76);
  expect((await look(MOST_LOOKS, 'not-asked', networkInOutage(day.at))).decision.outcome).toBe('not-proved');
});

test('the next look is never sooner than five seconds', async () => {
  day.pass(100);
  const { waitUntil } = await look(1);
  expect(Date.parse(waitUntil) - day.clock.now().getTime()).toBe(5000);
});
