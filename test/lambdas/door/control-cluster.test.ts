import { FREE } from '../../../lib/recovery/control';
import { WorkingDay } from '../../support/working-day';
import { ANN, askDoor } from '../support/http';

let day: WorkingDay;
beforeEach(() => {
  day = new WorkingDay();
});
afterEach(() => day.end());

const http = (method: string, path: string, body?: unknown, who: string | null = ANN) =>
  askDoor(day, method, path, { body, who });
const say = (word: string, body?: unknown) => http('POST', `/clusters/demo/${word}`, body);
const shown = async () => (await http('GET', '/clusters/demo')).body;

const COOL_DOWN = { until: '2026-11-25T06:00:00.000Z', caseId: 'case-1' };
const coolDown = () => day.clerk.controls.set('demo', { coolDown: COOL_DOWN });

test('a cluster of which nothing was said shows that it is free', async () => {
  expect(await shown()).toMatchObject({ cluster: 'demo', control: FREE });
});

test('disable keeps who, when and why, and the cluster shows it', async () => {
  const control = { ...FREE, off: { who: ANN, at: day.at, reason: 'power works' } };
  expect(await say('disable', { reason: 'power works' })).toEqual({ status: 200, body: { cluster: 'demo', control } });
  day.pass(60);
  expect(await shown()).toMatchObject({ control });
});

test('disable without a body has no reason', async () => {
  expect((await say('disable')).body).toMatchObject({ control: { off: { who: ANN, reason: '' } } });
});

test.each([
  ['longer than 500 characters', { reason: 'x'.repeat(501) }],
  ['that is no text', { reason: 1 }],
])('a reason %s is refused by name, and nothing is switched off', async (_, body) => {
  const refused = await say('disable', body);
  expect(refused).toMatchObject({ status: 400, body: { error: 'BadInput' } });
  expect(JSON.stringify(refused.body)).toContain('reason');
  expect(await shown()).toMatchObject({ control: FREE });
});

test('enable takes it back', async () => {
  await say('disable', { reason: 'power works' });
  expect(await say('enable')).toEqual({ status: 200, body: { cluster: 'demo', control: FREE } });
  expect(await shown()).toMatchObject({ control: FREE });
});

test('acknowledge ends the cool-down', async () => {
  await coolDown();
  expect(await shown()).toMatchObject({ control: { ...FREE, coolDown: COOL_DOWN } });
  expect(await say('acknowledge')).toEqual({ status: 200, body: { cluster: 'demo', control: FREE } });
  expect(await shown()).toMatchObject({ control: FREE });
});

test('acknowledge switches nothing on, and enable ends no cool-down', async () => {
  await coolDown();
  const off = { who: ANN, at: day.at, reason: 'power works' };
  expect((await say('disable', { reason: 'power works' })).body).toMatchObject({
    control: { off, coolDown: COOL_DOWN },
  });
  expect((await say('acknowledge')).body).toMatchObject({ control: { off, coolDown: null } });
  await coolDown();
  expect((await say('enable')).body).toMatchObject({ control: { off: null, coolDown: COOL_DOWN } });
});

describe.each(['disable', 'enable', 'acknowledge'])('%s', (word) => {
  test('of an unknown cluster is 404, and nothing is kept', async () => {
    const { status, body } = await http('POST', `/clusters/other/${word}`, {});
    expect(status).toBe(404);
    expect(body).toMatchObject({ error: 'UnknownCluster' });
    expect(day.table.items.size).toBe(0);
  });

  test('is for people whom IAM has let in, and nothing is kept otherwise', async () => {
    expect((await http('POST', `/clusters/demo/${word}`, {}, null)).status).toBe(403);
    expect(day.table.items.size).toBe(0);
  });

  test('said twice is answered like once', async () => {
    const first = await say(word, { reason: 'x' });
    expect(await say(word, { reason: 'x' })).toEqual(first);
    expect(first.status).toBe(200);
  });
});
