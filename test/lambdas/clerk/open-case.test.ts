import { openCase } from '../../../lambdas/clerk/open-case';
import { execution, opened } from '../../support/case-walk';
import { inventory } from '../../support/lost-quorum';
import { WorkingDay } from '../../support/working-day';

let day: WorkingDay;
beforeEach(async () => {
  day = await new WorkingDay().withInventory();
});
afterEach(() => day.end());

const open = (input: unknown, name: string) =>
  openCase(day.clerk, { action: 'open-case', input, execution: execution(name) });
const alarm = (value: string) => ({
  source: 'aws.cloudwatch',
  'detail-type': 'CloudWatch Alarm State Change',
  detail: { alarmName: 'requorum-demo-no-leader', state: { value } },
});

test('a case gets the lease, the inventory and a counter of at least the epoch second', async () => {
  const { decision, case: ref, inventory: known } = await open({ cluster: 'demo', mode: 'recover' }, 'case-1');
  expect(decision.next).toBe('survey');
  expect(ref).toMatchObject({ caseId: 'case-1', cluster: 'demo', mode: 'recover', planId: null });
  expect(ref?.counter).toBeGreaterThanOrEqual(day.clock.now().getTime() / 1000);
  expect(known).toEqual(inventory);
});

test('of two opens at once exactly one gets a case; the other is told who works', async () => {
  const both = await Promise.all([
    open({ cluster: 'demo', mode: 'recover' }, 'case-1'),
    open({ cluster: 'demo', mode: 'recover' }, 'case-2'),
  ]);
  const winners = both.filter(({ case: ref }) => ref !== null);
  expect(winners).toHaveLength(1);
  const [loser] = both.filter(({ case: ref }) => ref === null);
  expect(loser?.decision).toMatchObject({ next: 'close', outcome: 'already-running' });
  expect(loser?.decision.says).toContain(winners[0]?.case?.caseId);
});

test('an alarm while a case is open changes nothing and ends as already-running', async () => {
  await opened(day);
  const { decision, case: ref } = await open(alarm('ALARM'), 'by-alarm');
  expect(decision).toMatchObject({ next: 'close', outcome: 'already-running' });
  expect(ref).toBeNull();
  expect((await day.clerk.leases.leaseOf('demo'))?.caseId).toBe('case-1');
});

test('the same execution opening twice gets the same case and counter, and one record', async () => {
  const first = await opened(day);
  day.pass(30);
  expect(await opened(day)).toEqual(first);
});

test('the counter grows also when the clock went back', async () => {
  const first = await opened(day);
  await day.clerk.cases.close(first.caseId, {});
  await day.clerk.leases.release('demo', first.caseId, first.counter);
  day.pass(-3600);
  expect((await opened(day, 'case-2')).counter).toBe(first.counter + 1);
});

test('the lease of a case that was closed and never released it is free to take', async () => {
  const first = await opened(day);
  await day.clerk.cases.close(first.caseId, {});
  const second = await opened(day, 'case-2');
  expect(second.counter).toBeGreaterThan(first.counter);
});

test('who asked at the door is the requester; a console execution has none and says so', async () => {
  await day.clerk.requests.keep({
    caseId: 'case-1',
    cluster: 'demo',
    mode: 'recover',
    intent: null,
    requester: 'arn:aws:iam::1:user/ann',
    at: day.at,
  });
  await opened(day);
  expect((await day.clerk.cases.load('case-1')).requester).toBe('arn:aws:iam::1:user/ann');
  await open({ cluster: 'demo', mode: 'plan' }, 'console');
  expect((await day.clerk.cases.load('console')).requester).toBe('unknown');
});

test.each([
  ['an unknown cluster', { cluster: 'other', mode: 'plan' }, 'bad-request'],
  ['a malformed input', 'hello', 'bad-request'],
  ['an alarm that went back to OK', alarm('OK'), 'nothing-to-do'],
])('%s closes without a lease', async (_, input, outcome) => {
  const { decision, case: ref } = await open(input, 'case-1');
  expect(decision).toMatchObject({ next: 'close', outcome });
  expect(ref).toBeNull();
  expect(await day.clerk.leases.leaseOf('demo')).toBeNull();
});

test('an execution name that is no case id gets a stable one', async () => {
  const [first, again] = [await opened(day, 'von Hand.1'), await opened(day, 'von Hand.1')];
  expect(first.caseId).toMatch(/^case-[0-9a-f]{24}$/);
  expect(again).toEqual(first);
});

test('what happened is told in order, each at its own millisecond', async () => {
  await opened(day);
  const events = await day.clerk.cases.events('case-1');
  expect(events.map(({ phase }) => phase)).toEqual(['open-case', 'survey']);
  expect(new Set(events.map(({ at }) => at)).size).toBe(events.length);
});
