import { planAgain } from '../../../lambdas/clerk/plan-again';
import type { CaseRef, Outcome } from '../../../lib/recovery/case';
import { Report } from '../../../lib/recovery/report';
import {
  approvedCaseRef,
  asked,
  checked,
  closedAs,
  execution,
  guarded,
  opened,
  planned,
} from '../../support/case-walk';
import { WorkingDay } from '../../support/working-day';

let day: WorkingDay;
let first: CaseRef;
let second: CaseRef;

/** A plan was released, not every server came up, and the case was planned again. */
beforeEach(async () => {
  day = await new WorkingDay().withInventory();
  first = await approvedCaseRef(day);
  await checked(day, first);
  await guarded(day, first);
  day.pass(300);
  const again = await planAgain(day.clerk, { action: 'plan-again', case: first, execution: execution('case-1') });
  second = await planned(day, again.case);
});
afterEach(() => day.end());

const close = (ref: CaseRef, outcome: Outcome, says?: string, name?: string) => closedAs(day, ref, outcome, says, name);

test('a second plan that is declined leaves no leader and a changed cluster: the case says so, and why', async () => {
  await asked(day, second);
  const closed = await close(second, 'declined', 'declined by ann');
  const says = `plan ${first.planId} was released, and the plan after it was not: declined; declined by ann`;
  expect(closed).toMatchObject({ outcome: 'no-leader', class: 'failed', says });
  const report = Report.parse(day.bucket.json(closed.reportKey));
  expect(report).toMatchObject({ outcome: 'no-leader', problem: { code: 'no-leader', says } });
  expect(report.nextSteps.join(' ')).not.toContain('Nothing is left changed');
  expect(report.nextSteps).toContain('Do not start a fenced host.');
  expect(await day.clerk.cases.load('case-1')).toMatchObject({ status: 'closed', outcome: 'no-leader', says });
  expect(new URLSearchParams(day.told.at(-1)?.body).get('Subject')).toBe('Requorum: demo no-leader');
  expect((await day.clerk.leases.leaseOf('demo'))?.released).toBe(true);
});

test.each<Outcome>(['expired', 'aborted', 'drifted', 'blocked', 'refused', 'failed', 'tidied'])(
  'no later ending hides the release: %s is told as no-leader',
  async (outcome) => {
    const says = `plan ${first.planId} was released, and the plan after it was not: ${outcome}`;
    expect(await close(second, outcome)).toMatchObject({ outcome: 'no-leader', says });
  },
);

test.each<Outcome>(['recovered', 'no-leader', 'not-proved', 'interrupted-after-release', 'undo-failed'])(
  'an ending that is true after a release keeps its name: %s',
  async (outcome) => {
    expect(await close(second, outcome, 'seen')).toMatchObject({ outcome, says: 'seen' });
  },
);

test('a second survey that finds a leader is no proof: nothing-to-do is told as not-proved', async () => {
  const closed = await close(second, 'nothing-to-do', 'healthy: one leader');
  expect(closed).toMatchObject({ outcome: 'not-proved', class: 'failed', says: 'healthy: one leader' });
  const report = Report.parse(day.bucket.json(closed.reportKey));
  expect(report.nextSteps.join(' ')).toContain('requorum verify --cluster demo');
});

test('a case that released nothing is closed as it ended', async () => {
  await close(second, 'no-leader');
  day.pass(1);
  const other = await planned(day, await opened(day, 'case-2'));
  expect(await close(other, 'declined')).toMatchObject({ outcome: 'declined', class: 'stopped' });
});
