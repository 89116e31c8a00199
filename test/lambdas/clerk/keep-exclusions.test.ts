import type { Outcome } from '../../../lib/recovery/case';
import { approvedCaseRef, checked, closedAs, guarded } from '../../support/case-walk';
import { WorkingDay } from '../../support/working-day';

let day: WorkingDay;
beforeEach(async () => {
  day = await new WorkingDay().withInventory();
});
afterEach(() => day.end());

const out = async () => (await day.clerk.exclusions.of('demo')).map(({ serverId, fence }) => [serverId, fence.kind]);

/** Past the point of no return, then closed as one of these endings. */
const releasedAndClosed = async (outcome: Outcome) => {
  const ref = await approvedCaseRef(day);
  await day.clerk.cases.recordFence(ref.caseId, {
    instanceId: 'i-00000003',
    groupsBefore: { 'eni-3': ['sg-dkron'] },
    stateBefore: 'running',
    quarantinedAt: day.at,
    stopAskedAt: day.at,
    startAskedAt: null,
    kept: false,
  });
  await checked(day, ref);
  await guarded(day, ref);
  await closedAs(day, ref, outcome);
};

test.each<Outcome>(['recovered', 'not-proved', 'no-leader', 'interrupted-after-release'])(
  'a case that was released and ends as %s leaves behind who is out, and the groups of before',
  async (outcome) => {
    await releasedAndClosed(outcome);
    expect(await out()).toEqual([
      ['dkron-2', 'gone'],
      ['dkron-3', 'quarantine-stop'],
    ]);
    const [, third] = await day.clerk.exclusions.of('demo');
    expect(third).toMatchObject({ caseId: 'case-1', groupsBefore: { 'eni-3': ['sg-dkron'] } });
  },
);

test.each<Outcome>(['declined', 'blocked', 'aborted', 'undo-failed'])(
  'a case that was not released and ends as %s takes nobody out',
  async (outcome) => {
    await closedAs(day, await approvedCaseRef(day), outcome);
    expect(await out()).toEqual([]);
  },
);
