import * as z from 'zod';
import type { CaseRef } from '../../../lib/recovery/case';
import type { Exclusion } from '../../../lib/recovery/exclusion';
import type { FenceRecord } from '../../../lib/recovery/fence';
import type { Joining, Plan } from '../../../lib/recovery/plan';
import { Report } from '../../../lib/recovery/report';
import { Survey } from '../../../lib/recovery/survey';
import { closedAs, looksAgain, opened, planned } from '../../support/case-walk';
import { WorkingDay } from '../../support/working-day';
import { approvedWith } from '../support/approved';

/* A new host in place of dkron-2, from the approved launch to the end of a case in which it did not join. */
const NEW = 'i-00000004';

let day: WorkingDay;
beforeEach(async () => {
  day = await new WorkingDay().withInventory();
});
afterEach(() => {
  day.end();
});

const launchedHost = (): FenceRecord => ({
  instanceId: NEW,
  groupsBefore: { 'eni-4': ['sg-dkron'] },
  stateBefore: 'absent',
  quarantinedAt: day.at,
  stopAskedAt: null,
  startAskedAt: day.at,
  launchedFor: 'dkron-2',
  kept: false,
});
const launching = (): Promise<CaseRef> =>
  approvedWith(day, () => ({
    remedy: 'launch',
    launch: { replaces: 'dkron-2', template: 'lt-0a', version: '3', subnetId: null, group: null },
  }));
const reportOf = (ref: CaseRef): Report => Report.parse(day.bucket.json(`reports/demo/${ref.caseId}.json`));

test('an approved launch goes on where hosts are powered on', async () => {
  const ref = await launching();
  const { decision } = await looksAgain(day, ref);
  expect(decision.next).toBe('power-on');
  const said = (await day.clerk.cases.events(ref.caseId)).at(-1)?.says;
  expect(said).toBe('launching a new host in place of dkron-2, in the quarantine group');
});

test('the survey after it knows which host it launched, and that it is cut off', async () => {
  const ref = await opened(day);
  await day.clerk.cases.recordFence(ref.caseId, launchedHost());
  await planned(day, ref);
  const survey = z.object({ launched: Survey.shape.launched, cutOff: Survey.shape.cutOff });
  expect(survey.parse(day.bucket.json(`cases/${ref.caseId}/survey-1.json`))).toEqual({
    launched: [NEW],
    cutOff: [NEW],
  });
});

test('a case that ends without it says what is left, and how a person ends it', async () => {
  const ref = await launching();
  await day.clerk.cases.recordFence(ref.caseId, launchedHost());
  await closedAs(day, ref, 'declined');
  const [first, second] = reportOf(ref).nextSteps;
  expect(first).toContain('launched in place of dkron-2 and did not join: it is stopped, in quarantine');
  expect(first).toContain(`aws ec2 terminate-instances --instance-ids ${NEW}`);
  expect(second).toMatch(/^Nothing else is left changed\./);
});

test('a case that launched nothing says that nothing is left changed', async () => {
  const ref = await launching();
  await closedAs(day, ref, 'declined');
  expect(reportOf(ref).nextSteps[0]).toMatch(/^Nothing is left changed\./);
});

describe('the exclusion of a server', () => {
  const OUT: Exclusion = {
    serverId: 'dkron-2',
    address: '10.0.0.2:6868',
    caseId: 'case-0',
    since: '2026-11-24T05:00:00.000Z',
    fence: { kind: 'gone', declared: null },
    groupsBefore: {},
    volumeIds: [],
  };
  const joining: Joining = {
    id: 'dkron-4',
    address: '10.0.0.4:6868',
    instanceId: NEW,
    dataDir: '/var/lib/dkron',
    manager: { kind: 'supervisor', socket: '/run/supervisor.sock', unit: 'dkron' },
    gossip: '10.0.0.4:8946',
    http: '10.0.0.4:8080',
    heldBy: null,
    groups: {},
  };
  const endedAs = async (outcome: 'recovered' | 'not-proved', plan: Partial<Plan>) => {
    await day.clerk.exclusions.keep('demo', [OUT, { ...OUT, serverId: 'dkron-3' }]);
    const ref = await approvedWith(day, () => plan);
    await day.clerk.cases.changeOpen(ref.caseId, { intent: { kind: 'replace', server: 'dkron-2' } });
    await closedAs(day, ref, outcome);
    return (await day.clerk.exclusions.of('demo')).map(({ serverId, replacedBy }) => [serverId, replacedBy]);
  };

  test('in whose stead a new host joined names it, and stays', async () => {
    expect(await endedAs('recovered', { remedy: 'readmit', joining: [joining] })).toEqual([
      ['dkron-2', 'dkron-4'],
      ['dkron-3', undefined],
    ]);
  });

  test.each<[string, 'recovered' | 'not-proved', Partial<Plan>]>([
    ['nobody has joined yet', 'recovered', { remedy: 'launch' }],
    ['it was not proved', 'not-proved', { remedy: 'readmit', joining: [joining] }],
  ])('is as it was where %s', async (_, outcome, plan) => {
    expect(await endedAs(outcome, plan)).toEqual([
      ['dkron-2', undefined],
      ['dkron-3', undefined],
    ]);
  });
});
