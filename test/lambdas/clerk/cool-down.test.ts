import type { CaseRef, Outcome } from '../../../lib/recovery/case';
import { FREE } from '../../../lib/recovery/control';
import { ALARM, checked, closedAs, fences, guarded, looksAgain, openedBy, planned } from '../../support/case-walk';
import { WorkingDay } from '../../support/working-day';
import { askDoor } from '../support/http';

let day: WorkingDay;
beforeEach(async () => {
  day = await new WorkingDay().withInventory();
});
afterEach(() => day.end());

const RECOVER = { cluster: 'demo', mode: 'recover' };

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

describe('the end of a case that an alarm opened', () => {
  const approvedByAlarm = async (input: unknown = ALARM): Promise<CaseRef> => {
    const { case: ref } = await open(input);
    if (!ref) throw new Error('no case was opened');
    const made = await planned(day, ref);
    await day.clerk.cases.changeOpen('case-1', { phase: 'approve-plan' });
    await day.clerk.cases.approve('case-1', made.planId ?? '');
    return made;
  };
  const coolDownOf = async () => (await day.clerk.controls.find('demo')).coolDown;
  const released = async (input?: unknown): Promise<CaseRef> => {
    const ref = await approvedByAlarm(input);
    await looksAgain(day, ref);
    await checked(day, ref);
    await guarded(day, ref);
    day.pass(120);
    return ref;
  };
  const minutesAfterTheEnd = async (minutes: number): Promise<string> => {
    const { closedAt } = await day.clerk.cases.load('case-1');
    return new Date(Date.parse(closedAt ?? '') + minutes * 60_000).toISOString();
  };

  test.each<Outcome>(['recovered', 'no-leader', 'interrupted-after-release'])(
    'leaves an hour of cool-down where it was released: %s',
    async (outcome) => {
      await close(await released(), outcome);
      expect(await coolDownOf()).toEqual({ until: await minutesAfterTheEnd(60), caseId: 'case-1' });
    },
  );

  test('leaves as many minutes as the policy says, and the next alarm waits for them', async () => {
    day.end();
    day = await new WorkingDay({ coolDownMinutes: 5 }).withInventory();
    await close(await released(), 'recovered');
    expect(await coolDownOf()).toEqual({ until: await minutesAfterTheEnd(5), caseId: 'case-1' });
    day.pass(4 * 60);
    expect((await open(ALARM, 'case-2')).decision.outcome).toBe('cooling-down');
    day.pass(61);
    expect((await open(ALARM, 'case-3')).decision.next).toBe('survey');
  });

  test('leaves one also where everything was put back', async () => {
    const ref = await approvedByAlarm();
    await looksAgain(day, ref);
    await checked(day, ref, fences(day.at, false));
    await close(ref, 'blocked');
    expect(await coolDownOf()).toMatchObject({ caseId: 'case-1' });
  });

  test('leaves none where it was aborted before the first change', async () => {
    const ref = await approvedByAlarm();
    await disable();
    await looksAgain(day, ref);
    await close(ref, 'aborted');
    expect(await coolDownOf()).toBeNull();
  });

  test('leaves none where nobody said yes', async () => {
    const { case: ref } = await open(ALARM);
    if (!ref) throw new Error('no case was opened');
    await close(await planned(day, ref), 'declined');
    expect(await coolDownOf()).toBeNull();
  });

  test('leaves none with 0 minutes', async () => {
    day.end();
    day = await new WorkingDay({ coolDownMinutes: 0 }).withInventory();
    await close(await released(), 'recovered');
    expect(await day.clerk.controls.find('demo')).toEqual(FREE);
  });

  test('a person opened it: it leaves none, and the cool-down before it as it is', async () => {
    await coolingUntil(inSeconds(3600));
    const before = await coolDownOf();
    await close(await released(RECOVER), 'recovered');
    expect(await coolDownOf()).toEqual(before);
  });

  test('leaves the off switch as it is', async () => {
    const ref = await released();
    const { off } = await switchOff();
    await close(ref, 'recovered');
    expect(await day.clerk.controls.find('demo')).toMatchObject({ off, coolDown: { caseId: 'case-1' } });
  });

  test('closed twice, it does not bring back a cool-down that was acknowledged', async () => {
    const ref = await released();
    await close(ref, 'recovered');
    await day.clerk.controls.set('demo', { coolDown: null });
    await close(ref, 'recovered');
    expect(await coolDownOf()).toBeNull();
  });

  test('the run that tidies it leaves it too: a person has to look', async () => {
    await released();
    day.dead.add('arn:execution:case-1');
    const { case: tidied } = await open({ cluster: 'demo', mode: 'tidy', caseId: 'case-1' }, 'tidy-1');
    await close(tidied, 'interrupted-after-release', '', 'tidy-1');
    expect(await coolDownOf()).toMatchObject({ caseId: 'case-1' });
  });
});
