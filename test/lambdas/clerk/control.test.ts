import { planAgain } from '../../../lambdas/clerk/plan-again';
import type { CaseRef, Outcome } from '../../../lib/recovery/case';
import { Report } from '../../../lib/recovery/report';
import {
  ALARM,
  approvedCaseRef,
  asked,
  checked,
  closedAs,
  execution,
  guarded,
  looksAgain,
  openedBy,
  planned,
} from '../../support/case-walk';
import { WorkingDay } from '../../support/working-day';
import { askDoor } from '../support/http';

let day: WorkingDay;
beforeEach(async () => {
  day = await new WorkingDay().withInventory();
});
afterEach(() => day.end());

const RECOVER = { cluster: 'demo', mode: 'recover' };
const RETIRE = { ...RECOVER, retire: 'dkron-3' };

const open = (input: unknown, name?: string) => openedBy(day, input, name);
const close = (ref: CaseRef | null, outcome: Outcome, says?: string, name?: string) =>
  closedAs(day, ref, outcome, says, name);
const switchOff = (reason = 'power works') =>
  day.clerk.controls.set('demo', { off: { who: 'ann', at: day.at, reason } });
/** As a person does it: the case that works on the cluster is aborted with it. */
const disable = (reason = 'power works') =>
  askDoor(day, 'POST', '/clusters/demo/disable', { who: 'ann', body: { reason } });
const coolingUntil = (until: string) => day.clerk.controls.set('demo', { coolDown: { until, caseId: 'case-0' } });
const inSeconds = (seconds: number) => new Date(Date.parse(day.at) + seconds * 1000).toISOString();
const said = async (caseId = 'case-1') => (await day.clerk.cases.events(caseId)).map(({ says }) => says);

describe('while a cluster is switched off', () => {
  test.each([
    ['an alarm', ALARM],
    ['a person', RECOVER],
    ['a person who retires a server', RETIRE],
  ])('a case that is opened by %s ends as disabled, and the lease is free', async (_, input) => {
    await switchOff();
    const says = `switched off by ann at ${day.at}: power works`;
    const opening = await open(input);
    expect(opening).toEqual({ decision: { next: 'close', outcome: 'disabled', says }, case: null, inventory: null });
    expect(await said()).toEqual([says]);
    const closed = await close(null, 'disabled', says);
    expect(closed).toMatchObject({ outcome: 'disabled', class: 'stopped', says });
    expect(Report.parse(day.bucket.json(closed.reportKey)).nextSteps.join()).toContain(
      'requorum enable --cluster demo',
    );
    expect(await day.clerk.leases.leaseOf('demo')).toMatchObject({ released: true });
  });

  test('a case that only looks goes on', async () => {
    await open({ cluster: 'demo', mode: 'plan' });
    await disable();
    expect((await day.clerk.cases.load('case-1')).abortRequested).toBeNull();
  });

  test('a plan can still be made', async () => {
    await switchOff();
    const { decision, case: ref } = await open({ cluster: 'demo', mode: 'plan' });
    expect(decision.next).toBe('survey');
    expect(ref).toMatchObject({ caseId: 'case-1', mode: 'plan' });
  });

  test('an interrupted case is still put back', async () => {
    await approvedCaseRef(day);
    day.dead.add('arn:execution:case-1');
    await switchOff();
    const { decision } = await open({ cluster: 'demo', mode: 'tidy', caseId: 'case-1' }, 'tidy-1');
    expect(decision.next).toBe('tidy');
  });

  test('a lease that a try of the same run took before goes free with its end', async () => {
    await open(RECOVER);
    await switchOff();
    const { decision } = await open(RECOVER);
    expect(decision.outcome).toBe('disabled');
    await close(null, 'disabled', decision.says);
    expect((await day.clerk.leases.leaseOf('demo'))?.released).toBe(true);
  });

  test('once it is enabled again, cases open', async () => {
    await switchOff();
    await day.clerk.controls.set('demo', { off: null });
    expect((await open(ALARM)).decision.next).toBe('survey');
  });
});

describe('in the cool-down', () => {
  test('a case that is opened by an alarm ends as cooling-down, and the lease is free', async () => {
    const until = inSeconds(1);
    await coolingUntil(until);
    const says = `case case-0 changed hosts; alarms open no other one before ${until}`;
    const opening = await open(ALARM);
    expect(opening).toEqual({
      decision: { next: 'close', outcome: 'cooling-down', says },
      case: null,
      inventory: null,
    });
    const closed = await close(null, 'cooling-down', says);
    expect(closed).toMatchObject({ outcome: 'cooling-down', class: 'stopped', says });
    expect(await day.clerk.leases.leaseOf('demo')).toMatchObject({ released: true });
    expect((await day.clerk.controls.find('demo')).coolDown).toEqual({ until, caseId: 'case-0' });
  });

  test('a person opens one', async () => {
    await coolingUntil(inSeconds(3600));
    expect((await open(RECOVER)).decision.next).toBe('survey');
  });

  test('once it is over, and once it was acknowledged, an alarm opens one', async () => {
    await coolingUntil(inSeconds(60));
    day.pass(60);
    const { decision, case: ref } = await open(ALARM);
    expect(decision.next).toBe('survey');
    await close(ref, 'declined');
    await coolingUntil(inSeconds(3600));
    expect((await open(ALARM, 'case-2')).decision.outcome).toBe('cooling-down');
    await day.clerk.controls.set('demo', { coolDown: null });
    expect((await open(ALARM, 'case-3')).decision.next).toBe('survey');
  });
});

describe('a case whose cluster is switched off after its approval', () => {
  let ref: CaseRef;
  beforeEach(async () => {
    ref = await approvedCaseRef(day);
  });

  test('is closed as aborted by look again, and says who and why', async () => {
    await disable();
    const says = `ann aborted the case at ${day.at}: switched off: power works`;
    expect((await looksAgain(day, ref)).decision).toEqual({ next: 'close', outcome: 'aborted', says });
    expect((await said()).at(-1)).toBe(says);
  });

  test('says that it was switched off also where no reason was given', async () => {
    await disable('');
    expect((await looksAgain(day, ref)).decision.says).toBe(`ann aborted the case at ${day.at}: switched off`);
  });

  test('is undone by check, though all is proved', async () => {
    await disable();
    expect((await checked(day, ref)).decision).toMatchObject({ next: 'undo', outcome: 'aborted' });
    expect((await said()).at(-1)).toBe('putting everything back');
  });

  test('is undone by the guard of the release, and nothing is marked', async () => {
    await checked(day, ref);
    await disable();
    const { decision } = await guarded(day, ref);
    expect(decision).toMatchObject({ next: 'undo', outcome: 'aborted' });
    expect(decision.says).toContain('switched off: power works');
    expect((await day.clerk.cases.load('case-1')).pointOfNoReturnAt).toBeNull();
  });

  test('ends also where the cluster was switched on again before its next step', async () => {
    await disable();
    await day.clerk.controls.set('demo', { off: null });
    expect((await looksAgain(day, ref)).decision).toMatchObject({ next: 'close', outcome: 'aborted' });
  });

  test('has its open gate answered, so that nobody waits for the time-out', async () => {
    const gateId = await asked(day, ref);
    await disable();
    expect((await day.door.gates.find(gateId))?.gate).toMatchObject({ status: 'aborted' });
  });

  test('is not touched any more after the point of no return', async () => {
    await guarded(day, ref);
    await disable();
    expect((await guarded(day, ref)).decision.next).toBe('release');
    expect(await day.clerk.cases.load('case-1')).toMatchObject({ abortRequested: null, status: 'open' });
  });

  test('keeps the words of a person who aborted it before', async () => {
    await day.clerk.cases.requestAbort('case-1', { who: 'bob', at: day.at, reason: 'wrong cluster' });
    await disable();
    const { decision } = await looksAgain(day, ref);
    expect(decision.says).toBe(`bob aborted the case at ${day.at}: wrong cluster`);
  });

  test('is put back also where a plan of it was released before, and is told as no-leader', async () => {
    await checked(day, ref);
    await guarded(day, ref);
    day.pass(300);
    const again = await planAgain(day.clerk, { action: 'plan-again', case: ref, execution: execution('case-1') });
    const second = await planned(day, again.case);
    await day.clerk.cases.approve('case-1', second.planId ?? '');
    await disable();
    const { decision } = await looksAgain(day, second);
    expect(decision).toMatchObject({ next: 'close', outcome: 'aborted' });
    const closed = await close(second, 'aborted', decision.says);
    expect(closed).toMatchObject({ outcome: 'no-leader', class: 'failed' });
    expect(closed.says).toContain('switched off: power works');
  });
});
