import { setTimeout as sleep } from 'node:timers/promises';
import { submitted } from '../../lab/slack-bodies';
import type { Gate } from '../../lib/recovery/gate';
import { untilCase, untilClosed } from '../lab/support/case-lab';
import { keepCells } from '../support/table-rows';
import {
  ANN,
  BOB,
  EVE,
  type SlackLab,
  auditsOf,
  caseAtGate,
  endSlackLab,
  logsOf,
  messageOf,
  slackLab,
  until,
} from './support/slack-lab';

/** Slack's own limit. */
const ACKNOWLEDGED_MS = 3000;

/* One of three servers is left. Every test opens a case and ends it before anything is touched, but the last. */
describe('the door in Slack', () => {
  let world: SlackLab;

  beforeAll(async () => {
    const rule = { approvers: ['ann', 'bob'], planGateMinutes: 5, selfApproval: true };
    world = await slackLab({ ...rule, restart: 'always', restartGateMinutes: 5, waitMinutes: 0 }, async (lab) => {
      await lab.terminate('dkron-2');
      await lab.impair('dkron-3');
    });
  });
  afterEach(() => {
    if (world) world.slack.mood = { is: 'up' };
  });
  afterAll(() => endSlackLab(world));

  const lost = { lost: ['dkron-3'] };
  const nextGate = async ({ caseId, gateId }: Gate): Promise<Gate> => {
    const isNext = ({ gate }: { gate: Gate | null }): boolean => gate?.status === 'open' && gate.gateId !== gateId;
    const { gate } = await untilCase(world.api, caseId, 'the next gate', isNext);
    if (gate === null) throw new Error('no gate');
    return gate;
  };
  const statusOf = async (caseId: string) => (await world.api.case(caseId)).gate?.status;
  const said = (words: string) => until(`"${words}" said`, () => world.slack.told.find((text) => text.includes(words)));
  const denied = (code: string) =>
    until(`denied as ${code}`, async () => {
      const found = (await auditsOf(world)).find((one) => one.event === 'denied' && one.code === code);
      return found ?? null;
    });

  test('a case is one message, with servers, loss and buttons; declined with a reason, it ends in place', async () => {
    const { api, slack, url } = world;
    const gate = await caseAtGate(world);
    const open = await messageOf(world, gate.caseId, (text) => text.includes('"actions"'));
    for (const part of ['dkron-1', 'dkron-2', 'dkron-3', 'What may be lost', 'quorum-lost'])
      expect(JSON.stringify(open.body)).toContain(part);
    expect(JSON.stringify(open.body)).toContain(`/page/cases/${gate.caseId}`);
    const pressedAt = await slack.press(url, BOB, 'decline', gate.gateId);
    expect(pressedAt.status).toBe(200);
    await until('the form', () => slack.modals.find((view) => view.private_metadata.includes(gate.gateId)));
    await slack.submit(url, BOB, 'decline', gate, { reason: 'power comes back' });
    const { report } = await untilClosed(api, gate.caseId);
    expect(report).toMatchObject({ outcome: 'declined' });
    expect(report?.approvals).toMatchObject([{ decision: 'declined', reason: 'power comes back' }]);
    const ended = await messageOf(world, gate.caseId, (text) => text.includes('a person declined the plan'));
    expect(ended.ts).toBe(open.ts);
    expect(JSON.stringify(ended.body)).not.toContain('"actions"');
    expect([...slack.messages.values()].filter(({ body }) => JSON.stringify(body).includes(gate.caseId))).toHaveLength(
      1,
    );
    keepCells(['declined in Slack with a reason', 'declined; the one message says so']);
  });

  test('a plan is put off by a press, or by a form that names the hosts; each time another gate asks', async () => {
    const { api, slack, url } = world;
    const first = await caseAtGate(world);
    await messageOf(world, first.caseId, (text) => text.includes('Wait, and ask again') && text.includes(first.gateId));
    await slack.press(url, BOB, 'wait', first.gateId);
    await said('put off by slack:T0001/U0002: wait 0 min for dkron-3');
    const second = await nextGate(first);
    await slack.press(url, ANN, 'power-cycle', second.gateId);
    await until('the form', () => slack.modals.find((view) => view.private_metadata.includes(second.gateId)));
    const { errors } = await slack.submit(url, ANN, 'power-cycle', second, { hosts: [] });
    expect(errors).toEqual({ hosts: 'Pick at least one host.' });
    expect(await statusOf(first.caseId)).toBe('open');
    await slack.submit(url, ANN, 'power-cycle', second, { hosts: ['dkron-3'] });
    const third = await nextGate(second);
    expect((await api.case(first.caseId)).planning).toMatchObject({ plan: { remedy: 'power-cycle' } });
    expect(third).toMatchObject({ countAsLost: [], choices: [] });
    await slack.submit(url, BOB, 'decline', third, { reason: 'we look at the console first' });
    const { report } = await untilClosed(api, first.caseId);
    expect(report).toMatchObject({ outcome: 'declined' });
    expect(report?.approvals.map(({ decision, who }) => [decision, who])).toEqual([
      ['wait', 'slack:T0001/U0002'],
      ['power-cycle', 'slack:T0001/U0001'],
      ['declined', 'slack:T0001/U0002'],
    ]);
    keepCells(['wait; power-cycle: in Slack', 'the plan is put off; another gate asks; declined']);
  });

  test('a recorded request that is sent again, and one signed in the past or the future, change nothing', async () => {
    const { api, slack, url } = world;
    const gate = await caseAtGate(world);
    const yes = submitted(ANN, 'name-lost', gate, lost);
    expect((await slack.send(url, yes, { seconds: -301 })).status).toBe(401);
    expect((await slack.send(url, yes, { seconds: 60 })).status).toBe(401);
    expect((await slack.send(url, yes, { secret: 'guessed' })).status).toBe(401);
    const before = slack.told.length;
    await Promise.all([denied('TooOld'), denied('FromTheFuture')]);
    expect(await statusOf(gate.caseId)).toBe('open');
    expect(slack.told).toHaveLength(before);
    await api.abort(gate.caseId, 'seen');
    await untilClosed(api, gate.caseId);
    keepCells(['replayed, in the past, in the future, unsigned', '401; nothing changes; denied is written down']);
  });

  test('the same signed request twice counts once', async () => {
    const { api, slack, url } = world;
    const gate = await caseAtGate(world);
    const no = submitted(ANN, 'decline', gate, { reason: 'once' });
    const [first, second] = await Promise.all([slack.send(url, no), slack.send(url, no)]);
    expect([first.status, second.status]).toEqual([200, 200]);
    await denied('Replayed');
    await untilClosed(api, gate.caseId);
    expect((await auditsOf(world, gate.caseId)).filter(({ event }) => event === 'decline')).toHaveLength(1);
    keepCells(['replayed within five minutes', 'counts once; Replayed is written down']);
  });

  test('another workspace and an unknown user are refused, hear why, and are written down', async () => {
    const { api, slack, url } = world;
    const gate = await caseAtGate(world);
    await slack.submit(url, { team: 'T0999', user: 'U0001' }, 'decline', gate, {});
    await denied('WrongTeam');
    await slack.press(url, EVE, 'decline', gate.gateId);
    expect(await denied('UnknownUser')).toMatchObject({ who: 'slack:T0001/U0666', door: 'slack', caseId: null });
    await said('slack:T0001/U0666');
    expect(slack.modals.filter((view) => view.private_metadata.includes(gate.gateId))).toEqual([]);
    expect(await statusOf(gate.caseId)).toBe('open');
    await api.abort(gate.caseId, 'seen');
    await untilClosed(api, gate.caseId);
    keepCells(['another workspace; an unknown user', 'refused, told, written down']);
  });

  test('the slash command tells, plans, acknowledges and aborts', async () => {
    const { api, slack, url } = world;
    const gate = await caseAtGate(world);
    await slack.type(url, ANN, 'status');
    await said(`case \`${gate.caseId}\` is open`);
    await slack.type(url, BOB, 'abort we look first');
    const { report } = await untilClosed(api, gate.caseId);
    expect(report).toMatchObject({ outcome: 'aborted' });
    await slack.type(url, ANN, 'acknowledge');
    await said('alarms may open the next case');
    await slack.type(url, ANN, 'plan');
    const planned = await said('looks at demo and makes a plan');
    const caseId = /`(demo-[\w-]+)`/.exec(planned)?.[1] ?? '';
    const plan = await untilClosed(api, caseId);
    expect(plan.report).toMatchObject({ outcome: 'planned', requester: 'slack:T0001/U0001' });
    await messageOf(world, caseId, (text) => text.includes('the plan was made'));
    keepCells(['/requorum status, abort, acknowledge, plan', 'done, told to the one who asked']);
  });

  test('Slack down: the case says so, the CLI answers, and the message is there when Slack is back', async () => {
    const { api, slack } = world;
    slack.mood = { is: 'down' };
    const gate = await caseAtGate(world);
    await untilCase(api, gate.caseId, 'a word about Slack', ({ events }) =>
      events.some(({ says }) => says.includes('Slack does not take messages')),
    );
    const { planId } = gate;
    const answer = { planId, decision: 'decline' as const, countAsLost: [], reason: 'by CLI', clusterTyped: '' };
    await api.answer(gate.gateId, answer);
    expect((await untilClosed(api, gate.caseId)).report).toMatchObject({ outcome: 'declined' });
    slack.mood = { is: 'up' };
    // Nothing happens in the case any more: the look of every minute tells it.
    await untilLong(() => [...slack.messages.values()].some(({ body }) => JSON.stringify(body).includes(gate.caseId)));
    keepCells(['Slack down', 'the case says so; the CLI answers; told when Slack is back']);
  });

  test('slow Slack: every request is acknowledged in time', async () => {
    const { api, slack, url } = world;
    slack.mood = { is: 'slow', milliseconds: 4000 };
    const gate = await caseAtGate(world);
    const acknowledged = [
      await slack.press(url, ANN, 'decline', gate.gateId),
      await slack.type(url, ANN, 'status'),
      await slack.submit(url, ANN, 'decline', gate, { reason: 'slow' }),
    ];
    for (const { status, milliseconds } of acknowledged) {
      expect(status).toBe(200);
      expect(milliseconds).toBeLessThan(ACKNOWLEDGED_MS);
    }
    const slowest = Math.max(...acknowledged.map(({ milliseconds }) => milliseconds));
    await untilClosed(api, gate.caseId);
    keepCells(['Slack answers after 4 s', `acknowledged within ${(slowest / 1000).toFixed(1)} s`]);
  });

  test('ten clicks at once: one effect, and the cluster is back', async () => {
    const { api, slack, url } = world;
    const gate = await caseAtGate(world);
    await slack.press(url, ANN, 'name-lost', gate.gateId);
    await until('the form', () => slack.modals.find((view) => view.private_metadata.includes(gate.gateId)));
    const told = slack.told.length;
    const clicks = Array.from({ length: 10 }, (_, n) =>
      // A user's next click has another trigger, so that Slack signs another body.
      slack.send(url, `${submitted(n % 2 ? ANN : BOB, 'name-lost', gate, lost)}&click=${n}`),
    );
    for (const { status } of await Promise.all(clicks)) expect(status).toBe(200);
    await until('ten answers', () => slack.told.length >= told + 10);
    const answers = slack.told.slice(told);
    expect(answers.filter((text) => text.includes('approved by slack:'))).toHaveLength(1);
    expect(answers.filter((text) => text.includes('already answered by slack:'))).toHaveLength(9);
    const restart = await nextGate(gate);
    expect(restart.kind).toBe('approve-restart');
    await messageOf(world, gate.caseId, (text) => text.includes(`"action_id":"approve"`));
    await slack.press(url, BOB, 'approve', restart.gateId);
    const { report } = await untilClosed(api, gate.caseId);
    expect(report).toMatchObject({ outcome: 'recovered' });
    expect(report?.approvals.map(({ gate: kind, decision, door }) => [kind, decision, door])).toEqual([
      ['approve-plan', 'approved', 'slack'],
      ['approve-restart', 'approved', 'slack'],
    ]);
    const ended = await messageOf(world, gate.caseId, (text) => text.includes('*recovered*'));
    expect(ended.updates).toBeGreaterThan(3);
    keepCells(['ten clicks at once', 'one effect; nine hear who was first']);
    keepCells(['the restart gate: one press', 'approved; recovered']);
  });

  test('no secret, signature or text of a person is in any log', async () => {
    const all = await logsOf(world);
    expect(all).toContain('a request was refused');
    for (const secret of world.secrets) expect(all).not.toContain(secret);
    expect(all).not.toMatch(/v0=[0-9a-f]{64}|xoxb-|power comes back/);
    keepCells(['secrets in logs', 'none']);
  });

  const untilLong = async (holds: () => boolean): Promise<void> => {
    for (const end = Date.now() + 150_000; Date.now() < end; await sleep(500)) if (holds()) return;
    throw new Error('Slack was never told');
  };
});
