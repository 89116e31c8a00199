import { closeCase } from '../../../lambdas/clerk/close-case';
import { openCase } from '../../../lambdas/clerk/open-case';
import type { CaseRef, Outcome } from '../../../lib/recovery/case';
import { ERROR_TABLE } from '../../../lib/recovery/errors';
import { Report } from '../../../lib/recovery/report';
import { asked, execution, guarded, approvedCaseRef, opened, planned } from '../../support/case-walk';
import { WorkingDay } from '../../support/working-day';

let day: WorkingDay;
beforeEach(async () => {
  day = await new WorkingDay().withInventory();
});
afterEach(() => day.end());

const close = (ref: CaseRef | null, outcome: Outcome, rest: { name?: string; error?: unknown; says?: string } = {}) =>
  closeCase(day.clerk, {
    action: 'close-case',
    case: ref,
    outcome,
    says: rest.says ?? '',
    error: rest.error ?? null,
    execution: execution(rest.name ?? 'case-1'),
  });
const reportOf = (key: string): Report => Report.parse(day.bucket.json(key));

test('the report lies in the bucket as JSON and as Markdown, the lease is free and people are told', async () => {
  const ref = await opened(day);
  const closed = await close(ref, 'planned');
  expect(closed).toMatchObject({ outcome: 'planned', class: 'well', reportKey: 'reports/demo/case-1.json' });
  expect(reportOf(closed.reportKey)).toMatchObject({ caseId: 'case-1', outcome: 'planned', problem: null });
  expect(day.bucket.texts.get('reports/demo/case-1.md')).toContain('demo');
  expect((await day.clerk.leases.leaseOf('demo'))?.released).toBe(true);
  expect(day.told.map(({ body }) => new URLSearchParams(body).get('Subject'))).toEqual(['Requorum: demo planned']);
});

test('closing twice changes nothing and gives the first ending', async () => {
  const ref = await opened(day);
  await close(ref, 'planned');
  const before = day.bucket.texts.get('reports/demo/case-1.json');
  day.pass(10);
  expect(await close(ref, 'failed')).toMatchObject({ outcome: 'planned', class: 'well' });
  expect(day.bucket.texts.get('reports/demo/case-1.json')).toBe(before);
  expect(day.told).toHaveLength(1);
});

test('closing again does not take the lease from the case that came after', async () => {
  const first = await opened(day);
  await close(first, 'planned');
  await opened(day, 'case-2');
  await close(first, 'planned');
  expect(await day.clerk.leases.leaseOf('demo')).toMatchObject({ caseId: 'case-2', released: false });
});

test('a run whose case was taken over cannot close it', async () => {
  const ref = await opened(day);
  await expect(close({ ...ref, counter: ref.counter - 1 }, 'failed')).rejects.toMatchObject({ name: 'LeaseLost' });
  expect((await day.clerk.cases.load('case-1')).status).toBe('open');
});

test('a case that lost the lease is closed under its own name and tells nobody', async () => {
  await opened(day);
  await openCase(day.clerk, {
    action: 'open-case',
    input: { cluster: 'demo', mode: 'recover' },
    execution: execution('case-2'),
  });
  const closed = await close(null, 'already-running', { name: 'case-2', says: 'case case-1 works' });
  expect(closed).toMatchObject({ class: 'stopped', reportKey: 'reports/demo/case-2.json' });
  expect(await day.clerk.leases.leaseOf('demo')).toMatchObject({ caseId: 'case-1', released: false });
  expect(day.told).toEqual([]);
});

test('an input without a cluster ends with a report too, and with inventory missing', async () => {
  const closed = await close(null, 'bad-request', { says: 'no such cluster' });
  expect(reportOf(closed.reportKey)).toMatchObject({
    outcome: 'bad-request',
    problem: { code: 'bad-request', says: 'no such cluster' },
  });
});

test('an error that a Catch handed over is named with its next step', async () => {
  const cause = JSON.stringify({ errorType: 'StoreUnavailable', errorMessage: 'the table is away', trace: [] });
  const closed = await close(await opened(day), 'failed', { error: { Error: 'Runtime.HandlerError', Cause: cause } });
  expect(reportOf(closed.reportKey).problem).toEqual({
    code: 'StoreUnavailable',
    says: 'StoreUnavailable: the table is away',
    nextStep: ERROR_TABLE.StoreUnavailable.nextStep,
  });
});

test('a gate that nobody answered is expired, and its time counts as waiting', async () => {
  const ref = await planned(day, await opened(day));
  const gateId = await asked(day, ref);
  day.pass(1800);
  const { reportKey } = await close(ref, 'expired');
  expect((await day.clerk.gates.find(gateId))?.gate.status).toBe('expired');
  const { seconds } = reportOf(reportKey);
  expect(seconds.waiting).toBeCloseTo(1800, 0);
  expect(seconds.machine).toBeLessThan(60);
});

test('a topic that does not answer keeps no case open', async () => {
  const ref = await opened(day);
  globalThis.fetch = () => Promise.reject(new Error('no network'));
  expect(await close(ref, 'refused')).toMatchObject({ outcome: 'refused' });
  expect((await day.clerk.cases.load('case-1')).status).toBe('closed');
});

describe('the janitor’s run', () => {
  const tidy = (name = 'tidy-1') =>
    openCase(day.clerk, {
      action: 'open-case',
      input: { cluster: 'demo', mode: 'tidy', caseId: 'case-1' },
      execution: execution(name),
    });

  test('takes the lease of a dead run with a higher counter and puts everything back', async () => {
    const ref = await approvedCaseRef(day);
    day.dead.add('arn:execution:case-1');
    const { decision, case: tidied } = await tidy();
    expect(decision.next).toBe('tidy');
    expect(tidied).toMatchObject({ caseId: 'case-1', mode: 'tidy', planId: ref.planId });
    expect(tidied?.counter).toBeGreaterThan(ref.counter);
    expect(await close(tidied, 'tidied', { name: 'tidy-1' })).toMatchObject({ reportKey: 'reports/demo/case-1.json' });
    expect((await day.clerk.leases.leaseOf('demo'))?.released).toBe(true);
  });

  test('the dead run can do nothing more once its case was taken over', async () => {
    const ref = await approvedCaseRef(day);
    day.dead.add('arn:execution:case-1');
    await tidy();
    await expect(day.clerk.plans.loadApprovedPlan(ref)).rejects.toMatchObject({ name: 'LeaseLost' });
  });

  test('leaves a run alone that is still there', async () => {
    const ref = await approvedCaseRef(day);
    const { decision, case: none } = await tidy();
    expect(decision).toMatchObject({ next: 'close', outcome: 'already-running' });
    expect(none).toBeNull();
    expect((await day.clerk.leases.leaseOf('demo'))?.counter).toBe(ref.counter);
  });

  test('past the point of no return it touches nothing and says so', async () => {
    const ref = await approvedCaseRef(day);
    await guarded(day, ref);
    day.dead.add('arn:execution:case-1');
    const { decision, case: tidied } = await tidy();
    expect(decision).toMatchObject({ next: 'close', outcome: 'interrupted-after-release' });
    const closed = await close(tidied, 'interrupted-after-release', { name: 'tidy-1' });
    expect(closed.class).toBe('failed');
    expect(day.told).toHaveLength(1);
  });

  test('two of them at once: one takes over', async () => {
    await approvedCaseRef(day);
    day.dead.add('arn:execution:case-1');
    const both = await Promise.all([tidy('tidy-1'), tidy('tidy-2')]);
    expect(both.map(({ decision }) => decision.next).sort()).toEqual(['close', 'tidy']);
  });

  test('a closed case is left as it is, and the run gets a report of its own', async () => {
    const ref = await opened(day);
    await close(ref, 'declined');
    const { decision } = await tidy();
    expect(decision).toMatchObject({ next: 'close', outcome: 'nothing-to-do' });
    const closed = await close(null, 'nothing-to-do', { name: 'tidy-1' });
    expect(closed.reportKey).toBe('reports/demo/tidy-1.json');
    expect((await day.clerk.cases.load('case-1')).outcome).toBe('declined');
  });
});
