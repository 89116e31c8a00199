import { sign } from '../../../lib/slack/verify';
import { asked, opened, planned } from '../../support/case-walk';
import { pressed, slashed, submitted } from '../../../lab/slack-bodies';
import { BOT_TOKEN, SIGNING_SECRET, SlackDay } from '../../support/slack-day';
import { guarded, approvedCaseRef } from '../../support/case-walk';

const ANN = { team: 'T0001', user: 'U0001' };
const BOB = { team: 'T0001', user: 'U0002' };
const EVE = { team: 'T0001', user: 'U0666' };
const people = [
  { name: 'ann', iam: [], slack: ['T0001/U0001'], email: [] },
  { name: 'bob', iam: [], slack: ['T0001/U0002'], email: [] },
];
const APPROVERS = { approvers: ['ann', 'bob'] };

let day: SlackDay;
const begin = async (
  policy: ConstructorParameters<typeof SlackDay>[0] = {},
  more: typeof people = [],
): Promise<void> => {
  day = await new SlackDay(policy, [...people, ...more]).withInventory();
};
beforeEach(() => begin());
afterEach(() => day.end());

const atTheGate = async (): Promise<string> => asked(day, await planned(day, await opened(day)));
const statusOf = async (gateId: string) => (await day.clerk.gates.find(gateId))?.gate.status;

/** Makes the plan one that has a danger finding. */
const endanger = async () => {
  const ref = await planned(day, await opened(day));
  const key = 'cases/case-1/planning-1.json';
  const planning = day.bucket.json(key) as { briefing: { findings: object[] } };
  planning.briefing.findings.push({ code: 'x', severity: 'danger', says: 'danger!', evidence: '', nextStep: '' });
  day.bucket.texts.set(key, JSON.stringify(planning));
  return asked(day, ref);
};

describe('a gate', () => {
  test('is approved by a form that names who counts as lost; the one who acted hears it, and the machine once', async () => {
    const gateId = await atTheGate();
    await day.send(pressed(ANN, 'name-lost', gateId));
    expect(day.of('views.open')[0]?.body).toMatchObject({
      view: { private_metadata: expect.stringContaining(gateId) as unknown },
    });
    await day.send(submitted(ANN, 'name-lost', { gateId }, { lost: ['dkron-3'] }));
    expect(day.answersToMachine).toMatchObject([{ output: { decision: 'approved', who: 'slack:T0001/U0001' } }]);
    expect(day.said).toContain('approved by slack:T0001/U0001');
    expect(day.audits).toMatchObject([{ door: 'slack', person: 'ann', event: 'approve', caseId: 'case-1' }]);
  });

  test('is not approved by one press where servers count as lost', async () => {
    const gateId = await atTheGate();
    await day.send(pressed(ANN, 'approve', gateId));
    expect(day.said).toContain('dkron-3');
    expect(await statusOf(gateId)).toBe('open');
  });

  test('is declined with a reason', async () => {
    const gateId = await atTheGate();
    await day.send(pressed(BOB, 'decline', gateId));
    await day.send(submitted(BOB, 'decline', { gateId }, { reason: 'power comes back' }));
    const { gate } = (await day.clerk.gates.find(gateId)) ?? {};
    expect(gate).toMatchObject({ status: 'declined', answers: [{ person: 'bob', reason: 'power comes back' }] });
  });

  test('with a danger finding takes two people, each with the name of the cluster and a reason', async () => {
    const gateId = await endanger();
    const override = { cluster: 'demo', reason: 'we know', lost: ['dkron-3'] };
    await day.send(pressed(ANN, 'override', gateId));
    expect(JSON.stringify(day.of('views.open')[0]?.body)).toContain('danger!');
    await day.send(submitted(ANN, 'override', { gateId }, { ...override, cluster: 'dmeo' }));
    expect(day.said).toContain('type the name');
    await day.send(submitted(ANN, 'override', { gateId }, override));
    expect(day.said).toContain('a second person has to agree');
    day.pass(1);
    await day.send(submitted(ANN, 'override', { gateId }, override));
    expect(day.said).toContain('another has to');
    expect(day.answersToMachine).toEqual([]);
    await day.send(submitted(BOB, 'override', { gateId }, override));
    expect(day.answersToMachine).toMatchObject([{ output: { decision: 'approved', who: 'slack:T0001/U0002' } }]);
  });

  test('is put off by a press, or by a form that names the hosts to be power-cycled', async () => {
    for (const [body, chosen] of [
      [(gateId: string) => pressed(ANN, 'wait', gateId), 'wait dkron-3'],
      [(gateId: string) => submitted(BOB, 'power-cycle', { gateId }, { hosts: ['dkron-3'] }), 'power-cycle dkron-3'],
    ] as const) {
      day.end();
      await begin(APPROVERS);
      const gateId = await atTheGate();
      await day.send(pressed(BOB, 'power-cycle', gateId));
      expect(JSON.stringify(day.of('views.open')[0]?.body)).toContain('is cut off, stopped and started again');
      await day.send(body(gateId));
      expect(day.answersToMachine).toMatchObject([{ output: { decision: 'postponed' } }]);
      expect(day.said.replace(/\d+ min for /, '')).toContain(chosen);
    }
  });

  test('keeps a form open that cannot be right, and writes the attempt down', async () => {
    const gateId = await endanger();
    const gate = { gateId, countAsLost: ['dkron-3'] };
    const answer = await day.send(submitted(ANN, 'override', gate, { cluster: 'dmeo', reason: 'why', lost: [] }));
    expect(JSON.parse(answer.body)).toEqual({
      response_action: 'errors',
      errors: {
        lost: expect.stringContaining('dkron-3') as unknown,
        cluster: expect.stringContaining('demo') as unknown,
      },
    });
    expect(day.audits).toMatchObject([{ event: 'refused', code: 'LostServersDiffer' }]);
    const nothing = await day.send(submitted(ANN, 'power-cycle', gate, { hosts: [] }));
    expect(nothing.body).toContain('at least one host');
    const right = await day.send(
      submitted(ANN, 'override', gate, { cluster: 'demo', reason: 'why', lost: ['dkron-3'] }),
    );
    expect(right).toMatchObject({ statusCode: 200, body: '' });
  });

  test('has one effect, however many press at once; the others hear who was first', async () => {
    const users = Array.from({ length: 10 }, (_, n) => ({ team: 'T0001', user: `U10${n}` }));
    day.end();
    await begin(
      {},
      users.map(({ team, user }) => ({ name: user.toLowerCase(), iam: [], slack: [`${team}/${user}`], email: [] })),
    );
    const gateId = await atTheGate();
    await Promise.all(users.map((by) => day.send(submitted(by, 'name-lost', { gateId }, { lost: ['dkron-3'] }))));
    expect(day.answersToMachine).toHaveLength(1);
    const told = day.of('chat.postEphemeral').map(({ body }) => body.text);
    expect(told).toHaveLength(10);
    expect(told.filter((text) => text?.includes('already answered by'))).toHaveLength(9);
  });

  test('that was answered opens no form any more', async () => {
    const gateId = await atTheGate();
    await day.send(submitted(ANN, 'decline', { gateId }, {}));
    await day.send(pressed(BOB, 'decline', gateId));
    expect(day.of('views.open')).toEqual([]);
    expect(day.said).toContain('already answered by slack:T0001/U0001');
  });

  test('of an id that nobody gave out is named', async () => {
    await day.send(pressed(ANN, 'approve', 'a'.repeat(22)));
    expect(day.said).toContain('there is no gate with that id');
  });
});

describe('who is let in', () => {
  const denied = (code: string) =>
    expect.objectContaining({ event: 'denied', code, door: 'slack', caseId: null }) as unknown;

  test('a recorded request that is sent again is refused and written down, and changes nothing', async () => {
    const gateId = await endanger();
    const body = submitted(ANN, 'override', { gateId }, { cluster: 'demo', reason: 'we know', lost: ['dkron-3'] });
    await day.send(body);
    await day.send(body);
    expect(day.audits).toContainEqual(denied('Replayed'));
    expect((await day.clerk.gates.find(gateId))?.gate.answers).toHaveLength(1);
  });

  test.each([
    ['older than five minutes', -301, 'TooOld'],
    ['in the future', 60, 'FromTheFuture'],
  ])('a request that was signed %s is refused and written down', async (_, seconds, code) => {
    const gateId = await atTheGate();
    const at = new Date(day.clock.now().getTime() + seconds * 1000);
    const { statusCode } = await day.send(submitted(ANN, 'decline', { gateId }, {}), { at });
    expect(statusCode).toBe(401);
    expect(day.audits).toEqual([denied(code)]);
    expect(await statusOf(gateId)).toBe('open');
  });

  test('who cannot sign hears nothing and writes nothing', async () => {
    const gateId = await atTheGate();
    const answer = await day.send(submitted(ANN, 'decline', { gateId }, {}), { secret: 'guessed' });
    expect(answer).toMatchObject({ statusCode: 401, body: '' });
    expect(day.audits).toEqual([]);
    expect(day.called).toEqual([]);
    expect(await statusOf(gateId)).toBe('open');
  });

  test('another workspace is refused and written down', async () => {
    const gateId = await atTheGate();
    await day.send(submitted({ team: 'T0999', user: 'U0001' }, 'decline', { gateId }, {}));
    expect(day.audits).toEqual([denied('WrongTeam')]);
    expect(await statusOf(gateId)).toBe('open');
  });

  test.each([
    ['where a rule names people', APPROVERS],
    ['where no rule names anybody', {}],
  ])('who is not of `people` is not let in, and hears their own id, %s', async (_, policy) => {
    day.end();
    await begin(policy);
    const gateId = await atTheGate();
    await day.send(submitted(EVE, 'decline', { gateId }, {}));
    expect(day.audits).toEqual([denied('UnknownUser')]);
    expect(day.said).toContain('slack:T0001/U0666');
    expect(await statusOf(gateId)).toBe('open');
  });
});

describe('the slash command', () => {
  test('status tells of the case that works', async () => {
    await opened(day);
    await day.send(slashed(ANN, 'status'));
    expect(day.said).toContain('case `case-1` is open');
  });

  test('plan opens a case that only looks, for the one who asked', async () => {
    await day.send(slashed(ANN, 'plan demo'));
    const [{ name = '', input } = {}] = day.started;
    expect(input).toEqual({ cluster: 'demo', mode: 'plan' });
    expect((await day.door.requests.find(name))?.requester).toBe('slack:T0001/U0001');
    expect(day.said).toContain(name);
  });

  test('acknowledge ends the cool-down', async () => {
    await day.clerk.controls.set('demo', { coolDown: { until: day.at, caseId: 'case-1' } });
    await day.send(slashed(ANN, 'acknowledge'));
    expect((await day.clerk.controls.find('demo')).coolDown).toBeNull();
  });

  test('abort ends the open case with a reason, through this door', async () => {
    const gateId = await atTheGate();
    await day.send(slashed(ANN, 'abort we look first'));
    expect(day.answersToMachine).toMatchObject([{ output: { decision: 'aborted', who: 'slack:T0001/U0001' } }]);
    const { gate } = (await day.clerk.gates.find(gateId)) ?? {};
    expect(gate?.answers).toMatchObject([{ door: 'slack', person: 'ann', reason: 'we look first' }]);
    expect(day.audits).toMatchObject([{ event: 'abort', door: 'slack' }]);
  });

  test('abort is refused past the point of no return', async () => {
    await guarded(day, await approvedCaseRef(day));
    await day.send(slashed(ANN, 'abort'));
    expect(day.said).toContain('point of no return');
    expect(day.audits).toMatchObject([{ event: 'refused', code: 'PastPointOfNoReturn' }]);
  });

  test('without a case there is nothing to abort, and other words are answered with what there is', async () => {
    await day.send(slashed(ANN, 'abort'));
    expect(day.said).toContain('nothing is left to abort');
    await day.send(slashed(ANN, 'recover'));
    expect(day.said).toContain('status|plan|acknowledge');
  });
});

test('nothing secret is in a log or in an answer, whatever happens', async () => {
  const gateId = await atTheGate();
  const body = submitted(ANN, 'decline', { gateId }, { reason: 'reason-of-ann' });
  const timestamp = String(Math.floor(day.clock.now().getTime() / 1000));
  const signature = sign(SIGNING_SECRET, timestamp, body);
  const answers = [
    await day.sendSigned(body, { 'x-slack-request-timestamp': timestamp, 'x-slack-signature': signature }),
    await day.send(body, { secret: 'wrong' }),
    await day.send('payload=%7B'),
  ];
  day.isBusy = true;
  answers.push(await day.send(submitted(BOB, 'decline', { gateId }, { reason: 'reason-of-ann' })));
  day.isBusy = false;
  expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 401, 200, 503]);
  day.slackAnswers = null;
  await day.tell();
  await day.send(slashed(ANN, 'status'));
  day.slackAnswers = { ok: false, error: 'invalid_auth' };
  await day.tell();
  day.table.failOnce('get');
  await day.send(slashed(ANN, 'status'));
  const all = `${day.logged.join('\n')}${JSON.stringify(answers)}`;
  expect(day.logged.length).toBeGreaterThan(4);
  expect(all).not.toMatch(/v0=[0-9a-f]{64}/);
  for (const secret of [SIGNING_SECRET, BOT_TOKEN, signature, 'token-1', 'hooks.slack.com/actions', 'reason-of-ann'])
    expect(all).not.toContain(secret);
});
