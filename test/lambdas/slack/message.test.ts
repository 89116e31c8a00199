import { asked, opened, planned } from '../../support/case-walk';
import { SlackDay } from '../../support/slack-day';

let day: SlackDay;
beforeEach(async () => {
  day = await new SlackDay().withInventory();
});
afterEach(() => day.end());

const atTheGate = async (): Promise<string> => asked(day, await planned(day, await opened(day)));

describe('the message of a case', () => {
  test('is posted once, updated in place, and left alone while nothing changes', async () => {
    await atTheGate();
    await day.tell();
    await day.tell();
    expect(day.called.map(({ method }) => method)).toEqual(['chat.postMessage']);
    day.pass(60);
    await day.tell();
    expect(day.called.map(({ method }) => method)).toEqual(['chat.postMessage', 'chat.update']);
    expect(day.called[1]?.body).toMatchObject({ channel: 'C0001', ts: '1.1' });
    expect(JSON.stringify(day.called[1]?.body)).toContain('29 min left');
  });

  test('is one, also when two are told at once', async () => {
    await atTheGate();
    await Promise.all([day.tell(), day.tell()]);
    expect(day.of('chat.postMessage')).toHaveLength(1);
  });

  test('is written anew when somebody deleted it', async () => {
    await atTheGate();
    await day.tell();
    day.pass(60);
    day.slackAnswers = { ok: false, error: 'message_not_found' };
    await day.tell();
    expect(day.called.map(({ method }) => method)).toEqual(['chat.postMessage', 'chat.update', 'chat.postMessage']);
  });

  test('carries no task token', async () => {
    await atTheGate();
    await day.tell();
    expect(JSON.stringify(day.called)).not.toContain('token-1');
  });

  test('of a run that never got the lease is none', async () => {
    await opened(day);
    await opened(day, 'case-2').catch(() => undefined);
    await day.tell('case-2');
    expect(day.called).toEqual([]);
  });

  test('while Slack is down the case says so once, goes on, and is told when Slack is back', async () => {
    const gateId = await atTheGate();
    day.slackAnswers = null;
    await day.tell();
    await day.tell();
    const said = (await day.clerk.cases.events('case-1')).filter(({ says }) => says.includes('Slack does not take'));
    expect(said).toMatchObject([{ severity: 'warning', phase: 'approve-plan' }]);
    expect((await day.clerk.gates.find(gateId))?.gate.status).toBe('open');
    day.slackAnswers = { ok: true, ts: '2.2' };
    await day.tell();
    expect(day.called.map(({ method }) => method)).toEqual(['chat.postMessage']);
  });
});
