import { SendTaskSuccessCommand } from '@aws-sdk/client-sfn';
import * as z from 'zod';
import { openGate } from '../../../lambdas/door/open-gate';
import { route } from '../../../lambdas/door/routes';
import type { CaseRef } from '../../../lib/recovery/case';
import { approvedCaseRef, asked, guarded, opened, planned } from '../../support/case-walk';
import { WorkingDay } from '../../support/working-day';
import { ANN, type Ask, BOB, askDoor } from '../support/http';

let day: WorkingDay;
beforeEach(async () => {
  day = await new WorkingDay().withInventory();
});
afterEach(() => day.end());

const http = (method: string, path: string, ask: Ask = {}) => askDoor(day, method, path, ask);

/** Every refusal names a code, says why, and what to do next. */
const isRefusal = (body: unknown): boolean =>
  z.strictObject({ error: z.string().min(1), says: z.string().min(1), nextStep: z.string().min(1) }).safeParse(body)
    .success;

const atTheGate = async (): Promise<{ ref: CaseRef; gateId: string }> => {
  const ref = await planned(day, await opened(day));
  return { ref, gateId: await asked(day, ref) };
};
const yes = ({ planId }: CaseRef, rest: object = {}) => ({
  planId,
  decision: 'approve',
  countAsLost: ['dkron-3'],
  ...rest,
});
const answer = (gateId: string, body: unknown, who = ANN) => http('POST', `/gates/${gateId}/answer`, { body, who });

describe('an answer', () => {
  test('an approval binds the case to the plan and wakes the machine once, with who and when', async () => {
    const { ref, gateId } = await atTheGate();
    day.pass(60);
    const { status, body } = await answer(gateId, yes(ref));
    expect(status).toBe(200);
    expect(body).toMatchObject({ gate: { status: 'approved', answers: [{ who: ANN, at: day.at }] } });
    expect(day.answersToMachine).toEqual([
      { token: 'token-1', output: { decision: 'approved', planId: ref.planId, who: ANN, at: day.at } },
    ]);
    expect((await day.clerk.cases.load('case-1')).approvedPlanId).toBe(ref.planId);
  });

  test('a double click has one effect, and the second hears who was first and when', async () => {
    const { ref, gateId } = await atTheGate();
    const both = await Promise.all([
      answer(gateId, yes(ref)),
      answer(gateId, { ...yes(ref), decision: 'decline' }, BOB),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(day.answersToMachine).toHaveLength(1);
    const [late] = both.filter(({ status }) => status === 409);
    const [first] = (await day.clerk.gates.find(gateId))?.gate.answers ?? [];
    expect(late?.body).toMatchObject({ error: 'AlreadyAnswered' });
    expect(late?.body.says).toContain(`already answered by ${first?.who} at ${first?.at}`);
  });

  test('a decline reaches the machine and approves nothing', async () => {
    const { ref, gateId } = await atTheGate();
    expect((await answer(gateId, { planId: ref.planId, decision: 'decline' })).status).toBe(200);
    expect(day.answersToMachine).toMatchObject([{ output: { decision: 'declined' } }]);
    expect((await day.clerk.cases.load('case-1')).approvedPlanId).toBeNull();
  });

  test.each([
    ['another plan', { planId: '0123456789abcdef' }],
    ['no server named as lost', { countAsLost: [] }],
    ['too many servers named as lost', { countAsLost: ['dkron-2', 'dkron-3'] }],
  ])('%s is refused, and the gate stays open', async (_, wrong) => {
    const { ref, gateId } = await atTheGate();
    const { status, body } = await answer(gateId, yes(ref, wrong));
    expect(status).toBe(422);
    expect(isRefusal(body)).toBe(true);
    expect((await day.clerk.gates.find(gateId))?.gate.status).toBe('open');
    expect(day.answersToMachine).toEqual([]);
    expect((await answer(gateId, yes(ref))).status).toBe(200);
  });

  test('after its time an answer is refused', async () => {
    const { ref, gateId } = await atTheGate();
    day.pass(30 * 60);
    expect((await answer(gateId, yes(ref))).status).toBe(409);
    expect(day.answersToMachine).toEqual([]);
  });

  test('an answer to a machine that no longer waits expires the gate', async () => {
    const { ref, gateId } = await atTheGate();
    day.giveUpWaiting();
    const { status, body } = await answer(gateId, yes(ref));
    expect(status).toBe(409);
    expect(body).toMatchObject({ error: 'Expired' });
    expect((await day.clerk.gates.find(gateId))?.gate.status).toBe('expired');
  });

  const loseTheAnswer = async (): Promise<{ ref: CaseRef; gateId: string }> => {
    const gate = await atTheGate();
    day.steps.on(SendTaskSuccessCommand).rejectsOnce(new Error('throttled')).resolves({});
    expect((await answer(gate.gateId, yes(gate.ref))).status).toBe(500);
    return gate;
  };

  test('an approval that was written down and never reached the machine is told once by a later click', async () => {
    const { ref, gateId } = await loseTheAnswer();
    const lost = day.answersToMachine.length;
    await answer(gateId, yes(ref));
    expect(day.answersToMachine).toHaveLength(lost);
    day.pass(61);
    expect((await answer(gateId, yes(ref))).status).toBe(409);
    await answer(gateId, yes(ref));
    expect(day.answersToMachine).toHaveLength(lost + 1);
    expect(day.answersToMachine.at(-1)).toMatchObject({ output: { decision: 'approved', who: ANN } });
  });

  test('an answer that did reach the machine is not taken back when it is told again', async () => {
    const { ref, gateId } = await loseTheAnswer();
    day.giveUpWaiting();
    day.pass(61);
    expect((await answer(gateId, yes(ref))).body).toMatchObject({ error: 'AlreadyAnswered' });
    expect((await day.clerk.gates.find(gateId))?.gate.status).toBe('approved');
    expect((await day.clerk.cases.load('case-1')).approvedPlanId).toBe(ref.planId);
  });

  test('the case of a plan that was made anew cannot be approved by the old gate', async () => {
    const { ref, gateId } = await atTheGate();
    await day.clerk.cases.changeOpen('case-1', { planId: '0123456789abcdef' });
    expect((await answer(gateId, yes(ref))).status).toBe(409);
    expect(day.answersToMachine).toEqual([]);
    expect((await day.clerk.cases.load('case-1')).approvedPlanId).toBeNull();
  });

  test('a danger finding needs two people who override, each with name and reason', async () => {
    const ref = await planned(day, await opened(day));
    const key = 'cases/case-1/planning-1.json';
    const planning = day.bucket.json(key) as { briefing: { findings: object[] } };
    planning.briefing.findings.push({ code: 'x', severity: 'danger', says: 'danger', evidence: '', nextStep: '' });
    day.bucket.texts.set(key, JSON.stringify(planning));
    const gateId = await asked(day, ref);
    expect((await answer(gateId, yes(ref))).status).toBe(422);
    const override = yes(ref, { decision: 'override', clusterTyped: 'demo', reason: 'we know' });
    expect((await answer(gateId, { ...override, reason: '' })).status).toBe(422);
    expect((await answer(gateId, override)).status).toBe(202);
    expect(day.answersToMachine).toEqual([]);
    expect((await answer(gateId, override)).status).toBe(422);
    expect((await answer(gateId, override, BOB)).status).toBe(200);
    expect(day.answersToMachine).toMatchObject([{ output: { decision: 'approved', who: BOB } }]);
  });

  test('a gate that does not exist is named', async () => {
    const { status, body } = await answer('a'.repeat(22), yes({ ...(await opened(day)), planId: '0123456789abcdef' }));
    expect(status).toBe(404);
    expect(body).toMatchObject({ error: 'UnknownGate' });
  });
});

describe('the machine at its gate', () => {
  test('the same task tried again keeps the question and replaces the token', async () => {
    const { ref, gateId } = await atTheGate();
    expect(await asked(day, ref, 'token-2')).toBe(gateId);
    await answer(gateId, yes(ref));
    expect(day.answersToMachine.map(({ token }) => token)).toEqual(['token-2']);
  });

  test('the gate asks for the servers that count as lost and ends when the policy says', async () => {
    const { gateId } = await atTheGate();
    const { gate } = (await day.clerk.gates.find(gateId)) ?? {};
    expect(gate).toMatchObject({ countAsLost: ['dkron-3'], danger: false, openedAt: day.at });
    expect(Date.parse(gate?.expiresAt ?? '') - day.clock.now().getTime()).toBe(30 * 60_000);
  });

  test('a case that was aborted before its gate opened is answered at once', async () => {
    const ref = await planned(day, await opened(day));
    await http('POST', '/cases/case-1/abort', { body: { reason: 'no' } });
    await openGate(day.door, { action: 'open-gate', token: 'token-1', kind: 'approve-plan', case: ref });
    expect(day.answersToMachine).toMatchObject([{ token: 'token-1', output: { decision: 'aborted', who: ANN } }]);
  });
});

describe('an abort', () => {
  test('answers the open gate with aborted', async () => {
    const { gateId } = await atTheGate();
    expect((await http('POST', '/cases/case-1/abort', { body: { reason: 'wrong' } })).status).toBe(202);
    expect(day.answersToMachine).toMatchObject([{ output: { decision: 'aborted', who: ANN } }]);
    expect((await day.clerk.gates.find(gateId))?.gate.status).toBe('aborted');
  });

  test('is refused past the point of no return', async () => {
    await guarded(day, await approvedCaseRef(day));
    const { status, body } = await http('POST', '/cases/case-1/abort', { body: {} });
    expect(status).toBe(409);
    expect(body).toMatchObject({ error: 'PastPointOfNoReturn' });
  });

  test('of a closed or unknown case is refused by name', async () => {
    expect((await http('POST', '/cases/nobody/abort')).body).toMatchObject({ error: 'UnknownCase' });
    await opened(day);
    await day.clerk.cases.close('case-1', { outcome: 'declined' });
    expect((await http('POST', '/cases/case-1/abort')).body).toMatchObject({ error: 'AlreadyClosed' });
  });
});

describe('opening and following', () => {
  test('a case is started under its own name, and knows who asked', async () => {
    const { status, body } = await http('POST', '/cases', { body: { cluster: 'demo', mode: 'recover' } });
    expect(status).toBe(202);
    const [{ name = '', input } = {}] = day.started;
    expect(name).toMatch(/^demo-20261125T050000-[0-9a-f]{6}$/);
    expect(body).toMatchObject({ caseId: name, executionArn: `arn:execution:${name}` });
    expect(input).toEqual({ cluster: 'demo', mode: 'recover' });
    expect((await http('GET', `/cases/${name}`)).body).toMatchObject({ case: { status: 'open', requester: ANN } });
    await opened(day, name);
    expect((await day.clerk.cases.load(name)).requester).toBe(ANN);
  });

  test('one call gives case, planning, gate and events, and no token anywhere', async () => {
    const { ref } = await atTheGate();
    const { status, body } = await http('GET', '/cases/case-1');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      case: { caseId: 'case-1', planId: ref.planId, status: 'open', phase: 'approve-plan' },
      planning: { kind: 'planned', planId: ref.planId },
      gate: { status: 'open', kind: 'approve-plan' },
      report: null,
    });
    expect(JSON.stringify(body)).not.toContain('token-1');
  });

  test('with `since` only what is not older comes along', async () => {
    await atTheGate();
    const all = await day.clerk.cases.events('case-1');
    const since = all[2]?.at ?? '';
    const { body } = await http('GET', '/cases/case-1', { query: `since=${encodeURIComponent(since)}` });
    expect(body['events']).toEqual(all.slice(2));
    expect((await http('GET', '/cases/case-1', { query: 'since=yesterday' })).status).toBe(400);
  });

  test('a cluster shows its inventory and the case that works on it', async () => {
    await opened(day);
    const { body } = await http('GET', '/clusters/demo');
    expect(body).toMatchObject({ cluster: 'demo', openCase: 'case-1', inventory: { cluster: 'demo' }, health: null });
    const { counter } = await day.clerk.cases.load('case-1');
    await day.clerk.leases.release('demo', 'case-1', counter ?? 0);
    expect((await http('GET', '/clusters/demo')).body).toMatchObject({ openCase: null, lastCase: 'case-1' });
  });

  test('a cluster shows what the sentinel saw at its last look', async () => {
    const health = { cluster: 'demo', at: day.at, leader: 'dkron-1', redundancy: null, says: 'dkron-1 leads' };
    await day.sentinel.healths.keep(health);
    expect((await http('GET', '/clusters/demo')).body).toMatchObject({ health });
  });

  test('a refresh of the inventory asks the sentinel', async () => {
    day.answerOfFunction = { clusters: [], tidied: [] };
    expect((await http('POST', '/clusters/demo/inventory')).status).toBe(200);
    expect(day.told[0]?.url).toContain('/functions/sentinel/invocations');
    expect(JSON.parse(day.told[0]?.body ?? '')).toEqual({ action: 'refresh', cluster: 'demo' });
  });
});

describe('the door itself', () => {
  test('nobody comes in without an IAM principal', async () => {
    expect((await http('POST', '/cases', { who: null, body: { cluster: 'demo', mode: 'recover' } })).status).toBe(403);
    expect(day.started).toEqual([]);
  });

  test.each([
    ['POST', '/cases', { cluster: 'other', mode: 'plan' }, 404, 'UnknownCluster'],
    ['POST', '/cases', { cluster: 'demo', mode: 'tidy' }, 400, 'BadInput'],
    ['GET', '/cases/nobody', undefined, 404, 'UnknownCase'],
    ['GET', '/cases/..%2Fx', undefined, 404, 'UnknownCase'],
    ['GET', '/clusters/other', undefined, 404, 'UnknownCluster'],
    ['DELETE', '/cases/case-1', undefined, 404, 'UnknownRoute'],
    ['GET', '/cases/%zz', undefined, 400, 'BadInput'],
  ])('%s %s with %j is answered %d %s and a next step', async (method, path, body, status, error) => {
    const answered = await http(method, path, { body });
    expect(answered.status).toBe(status);
    expect(answered.body).toMatchObject({ error });
    expect(isRefusal(answered.body)).toBe(true);
  });

  test('a named stage in front of the path changes nothing', async () => {
    await opened(day);
    const event = { rawPath: '/prod/cases/case-1', rawQueryString: '', isBase64Encoded: false };
    const requestContext = { stage: 'prod', http: { method: 'GET' }, authorizer: { iam: { userArn: ANN } } };
    expect((await route(day.door, { ...event, requestContext })).statusCode).toBe(200);
  });
});
