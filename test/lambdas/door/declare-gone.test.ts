import { WorkingDay } from '../../support/working-day';
import { ANN, BOB, askDoor } from '../support/http';

let day: WorkingDay;
beforeEach(() => {
  day = new WorkingDay();
});
afterEach(() => day.end());

const http = (method: string, path: string, body?: unknown, who: string | null = ANN) =>
  askDoor(day, method, path, { body, who });
const GONE = { gone: true, server: 'dkron-2', because: 'the rack burnt' };
const WORD = { serverId: 'dkron-2', who: ANN, at: '2026-11-25T05:00:00.000Z', because: 'the rack burnt', known: null };
const say = (body: unknown, who: string | null = ANN) => http('POST', '/clusters/demo/gone', body, who);
const kept = () => day.door.declarations.of('demo');

test('the sentinel looks first, and is told who says so: the principal, not the body', async () => {
  day.answerOfFunction = { kind: 'declared', declaration: WORD };
  await day.door.declarations.keep('demo', WORD);
  expect(await say({ ...GONE, who: 'somebody else' })).toEqual({
    status: 200,
    body: { cluster: 'demo', declarations: [WORD] },
  });
  expect(day.told[0]?.url).toContain('/functions/sentinel/invocations');
  expect(JSON.parse(day.told[0]?.body ?? '')).toEqual({
    action: 'declare',
    cluster: 'demo',
    server: 'dkron-2',
    who: ANN,
    because: 'the rack burnt',
  });
});

test('a refusal of the sentinel is 422 with its own sentence and next step', async () => {
  const refused = { kind: 'refused', code: 'NotGone', says: 'it answers', nextStep: 'requorum plan' };
  day.answerOfFunction = refused;
  expect(await say(GONE)).toEqual({
    status: 422,
    body: { error: 'NotGone', says: 'it answers', nextStep: 'requorum plan' },
  });
});

test.each([
  ['without a reason', { gone: true, server: 'dkron-2' }],
  ['with an empty reason', { ...GONE, because: '  ' }],
  ['with a reason longer than 500 characters', { ...GONE, because: 'x'.repeat(501) }],
  ['without a server', { gone: true, because: 'x' }],
  ['for a name that is none', { ...GONE, server: '../x' }],
  ['without saying which way', { server: 'dkron-2', because: 'x' }],
])('%s it is 400, and nobody is asked', async (_, body) => {
  expect(await say(body)).toMatchObject({ status: 400, body: { error: 'BadInput' } });
  expect(day.told).toEqual([]);
});

test('anybody may take a word back; it is kept who did', async () => {
  await day.door.declarations.keep('demo', WORD);
  day.pass(60);
  expect(await say({ gone: false, server: 'dkron-2' }, BOB)).toEqual({
    status: 200,
    body: { cluster: 'demo', declarations: [] },
  });
  expect(await kept()).toEqual([]);
  expect(day.table.at({ pk: 'CLUSTER#demo', sk: 'GONE#dkron-2' })).toMatchObject({ ended: { who: BOB, at: day.at } });
});

test('what nobody said cannot be taken back: 404 with where to look', async () => {
  const { status, body } = await say({ gone: false, server: 'dkron-2' });
  expect(status).toBe(404);
  expect(body).toMatchObject({ error: 'NotDeclared', nextStep: 'see who is: requorum inventory --cluster demo' });
});

test('the cluster shows who was declared destroyed and who is kept out', async () => {
  await day.door.declarations.keep('demo', WORD);
  const exclusion = {
    serverId: 'dkron-3',
    address: '10.0.0.3:6868',
    caseId: 'case-1',
    since: day.at,
    fence: { kind: 'quarantine-stop' as const, instanceId: 'i-00000003', interfaceIds: ['eni-3'] },
    groupsBefore: {},
    volumeIds: [],
  };
  await day.clerk.exclusions.keep('demo', [exclusion]);
  expect((await http('GET', '/clusters/demo')).body).toMatchObject({ declarations: [WORD], exclusions: [exclusion] });
});

test('it is for people whom IAM has let in, and for clusters that are configured', async () => {
  expect((await say(GONE, null)).status).toBe(403);
  expect((await http('POST', '/clusters/other/gone', GONE)).status).toBe(404);
  expect(day.told).toEqual([]);
});
