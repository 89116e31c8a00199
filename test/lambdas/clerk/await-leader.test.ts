import { awaitLeader } from '../../../lambdas/clerk/await-leader';
import { approvedCaseRef, guarded } from '../../support/case-walk';
import { networkInOutage, networkWithLeader, released } from '../../support/lost-quorum';
import { WorkingDay } from '../../support/working-day';

let day: WorkingDay;
beforeEach(async () => {
  day = await new WorkingDay().withInventory();
});
afterEach(() => day.end());

const lastSaid = async () => (await day.clerk.cases.events('case-1')).at(-1)?.says;

describe('await leader', () => {
  const awaiting = async (ref: Awaited<ReturnType<typeof approvedCaseRef>>, network = networkInOutage(day.at)) =>
    (
      await awaitLeader(day.clerk, {
        action: 'await-leader',
        case: ref,
        network,
        releases: [released(day.at)],
        attempt: 1,
      })
    ).decision;

  test('a confirmed leader goes on to the proof, and its time is kept', async () => {
    const ref = await approvedCaseRef(day);
    await guarded(day, ref);
    day.pass(3);
    expect(await awaiting(ref, networkWithLeader(day.at))).toMatchObject({ next: 'verify' });
    expect(await day.clerk.cases.load('case-1')).toMatchObject({ leader: 'dkron-1', leaderAt: day.at });
    expect(await lastSaid()).toBe('dkron-1 leads, 3 s after the point of no return');
  });

  test('no leader is waited for until the budget of the policy is used up', async () => {
    const ref = await approvedCaseRef(day);
    await guarded(day, ref);
    day.pass(299);
    expect((await awaiting(ref)).next).toBe('again');
    day.pass(1);
    expect(await awaiting(ref)).toMatchObject({ next: 'plan-again', outcome: 'no-leader' });
  });

  test('a second plan that brings no leader either is the end of what a machine should try', async () => {
    const ref = await approvedCaseRef(day);
    await guarded(day, ref);
    await day.clerk.cases.changeOpen(ref.caseId, { released: [{ planId: '0123456789abcdef', at: day.at }] });
    day.pass(300);
    expect(await awaiting(ref)).toMatchObject({ next: 'close', outcome: 'no-leader' });
  });

  test('before the point of no return it is refused', async () => {
    await expect(awaiting(await approvedCaseRef(day))).rejects.toMatchObject({ name: 'NotApproved' });
  });
});
