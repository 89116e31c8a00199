import type { AuditEvent } from '../../../lib/recovery/audit';
import { BY_POLICY } from '../../../lib/recovery/acts-alone';
import type { CaseRef } from '../../../lib/recovery/case';
import type { Plan } from '../../../lib/recovery/plan';
import { answerByPolicy } from '../../../lambdas/door/answer-by-policy';
import { asked, closedAs, opened, planned } from '../../support/case-walk';
import { WorkingDay } from '../../support/working-day';
import { replacePlan } from '../support/approved';
import { ANN, BOB, askDoor } from '../support/http';

let day: WorkingDay;
beforeEach(async () => {
  day = await new WorkingDay().withInventory();
});
afterEach(() => day.end());

const audit = async ({ caseId }: CaseRef): Promise<string[]> =>
  (await day.clerk.audits.ofCase(caseId)).map(({ event, code, who, door }: AuditEvent) =>
    [event, code, `${who.split('/').at(-1) ?? ''} (${door})`].filter((part) => part !== null).join(' '),
  );
const atTheGate = async (change: (plan: Plan) => Partial<Plan> = () => ({})) => {
  const first = await planned(day, await opened(day));
  const plan = await day.clerk.plans.load(first.planId ?? '');
  const ref = await replacePlan(day, first, { ...plan, ...change(plan) });
  await day.clerk.cases.changeOpen(ref.caseId, { approvedPlanId: null });
  return { ref, gateId: await asked(day, ref) };
};
const answer = (gateId: string, { planId }: CaseRef, who: string, rest: object = {}) =>
  askDoor(day, 'POST', `/gates/${gateId}/answer`, {
    body: { planId, decision: 'approve', countAsLost: ['dkron-3'], ...rest },
    who,
  });

describe('the audit record', () => {
  test('has every answer, also those that were not taken, and each with who, door and plan', async () => {
    const { ref, gateId } = await atTheGate();
    day.pass(1);
    await answer(gateId, ref, BOB, { countAsLost: [] });
    day.pass(1);
    await answer(gateId, ref, ANN);
    day.pass(1);
    await answer(gateId, ref, BOB, { decision: 'decline' });
    expect(await audit(ref)).toEqual([
      'opened the machine (machine)',
      'refused LostServersDiffer bob (cli)',
      'approve ann (cli)',
      'refused AlreadyAnswered bob (cli)',
    ]);
    const events = await day.clerk.audits.ofCase(ref.caseId);
    expect(events.every((event) => event.planId === ref.planId && event.gateId === gateId)).toBe(true);
  });

  test('has silence, and is in the report', async () => {
    const { ref } = await atTheGate();
    day.pass(30 * 60);
    await closedAs(day, ref, 'expired');
    expect(await audit(ref)).toEqual(['opened the machine (machine)', 'expired the machine (machine)']);
    const report = day.bucket.json(`reports/demo/${ref.caseId}.json`) as { audit: AuditEvent[] };
    expect(report.audit.map(({ event }) => event)).toEqual(['opened', 'expired']);
    expect(day.bucket.texts.get(`reports/demo/${ref.caseId}.md`)).toMatch(
      /## Attempts\n\n- .*expired: nobody answered/,
    );
  });

  test('has an abort, and one that came too late', async () => {
    const { ref } = await atTheGate();
    day.pass(1);
    const abort = (who: string) =>
      askDoor(day, 'POST', `/cases/${ref.caseId}/abort`, { body: { reason: 'power is back' }, who });
    await abort(ANN);
    day.pass(1);
    await abort(BOB);
    expect(await audit(ref)).toEqual([
      'opened the machine (machine)',
      'abort ann (cli)',
      'refused AlreadyAborted bob (cli)',
    ]);
  });

  test('never has the token that wakes the machine, nor has the answer to a person', async () => {
    const { ref, gateId } = await atTheGate();
    const { body } = await answer(gateId, ref, ANN);
    expect(JSON.stringify([body, await day.clerk.audits.ofCase(ref.caseId)])).not.toContain('token-1');
  });
});

describe('a policy that lets plans of a verdict act by themselves', () => {
  /** Nothing is excluded, nothing is written: what was stopped is started. */
  const RESTART: Partial<Plan> = {
    remedy: 'restart',
    peersJson: null,
    peersSha256: null,
    excluded: [],
    countAsLost: [],
  };
  const auto = async (change: Partial<Plan>, verdict = 'quorum-lost') => {
    day.end();
    day = await new WorkingDay({ verdicts: { [verdict]: { plan: 'auto' } } }).withInventory();
    return atTheGate(() => change);
  };

  test('answers at once, says who it was, and wakes the machine by the same record', async () => {
    const { ref, gateId } = await auto(RESTART);
    expect((await day.clerk.gates.find(gateId))?.gate).toMatchObject({
      status: 'approved',
      answers: [{ who: BY_POLICY, door: 'machine' }],
    });
    expect(day.answersToMachine).toMatchObject([{ output: { decision: 'approved', planId: ref.planId } }]);
    expect((await day.clerk.cases.load(ref.caseId)).approvedPlanId).toBe(ref.planId);
    expect((await audit(ref)).sort()).toEqual([`approve ${BY_POLICY} (machine)`, 'opened the machine (machine)']);
  });

  test('that died before it answered does so when the task is tried again, once', async () => {
    const { ref, gateId } = await auto(RESTART);
    await asked(day, ref, 'token-2');
    await answerByPolicy(day.door, gateId);
    expect(day.answersToMachine.filter(({ token }) => token === 'token-1')).toHaveLength(1);
  });

  test.each<[string, Partial<Plan>, string]>([
    ['writes peers.json', {}, 'quorum-lost'],
    ['counts a server as lost', { ...RESTART, countAsLost: ['dkron-3'] }, 'quorum-lost'],
    [
      'takes a server out',
      { ...RESTART, removals: [{ by: 'remove-peer', id: 'dkron-3', address: '10.0.0.3:6868', declared: null }] },
      'quorum-lost',
    ],
    ['is of another verdict', RESTART, 'no-leader'],
  ])('never where the plan %s', async (_, change, verdict) => {
    const { gateId } = await auto(change, verdict);
    expect((await day.clerk.gates.find(gateId))?.gate.status).toBe('open');
    expect(day.answersToMachine).toEqual([]);
  });
});
