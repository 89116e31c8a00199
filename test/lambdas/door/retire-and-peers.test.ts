import { peersOf } from '../../../lib/recovery/peers';
import { opened } from '../../support/case-walk';
import { healthyNetwork } from '../../support/lost-quorum';
import { WorkingDay } from '../../support/working-day';
import { ANN, askDoor } from '../support/http';

let day: WorkingDay;
beforeEach(async () => {
  day = await new WorkingDay().withInventory();
});
afterEach(() => day.end());

const http = (method: string, path: string, body?: unknown, who: string | null = ANN) =>
  askDoor(day, method, path, { body, who });

describe('a case to retire a server', () => {
  const post = (retire: unknown) => http('POST', '/cases', { cluster: 'demo', mode: 'recover', retire });

  test('is started with the server in its input, and knows who asked', async () => {
    expect((await post('dkron-3')).status).toBe(202);
    const [{ name = '', input } = {}] = day.started;
    expect(input).toEqual({ cluster: 'demo', mode: 'recover', retire: 'dkron-3' });
    expect(await day.clerk.requests.find(name)).toMatchObject({
      requester: ANN,
      intent: { kind: 'retire', server: 'dkron-3' },
    });
    await opened(day, name);
    expect(await day.clerk.cases.load(name)).toMatchObject({ requester: ANN, openedBy: 'cli' });
  });

  test('is an ordinary one where nobody is named', async () => {
    expect((await post(null)).status).toBe(202);
    const [{ name = '', input } = {}] = day.started;
    expect(input).toEqual({ cluster: 'demo', mode: 'recover' });
    expect((await day.clerk.requests.find(name))?.intent).toBeNull();
  });

  test.each([
    ['an empty id', ''],
    ['a number', 3],
    ['a list', ['dkron-3']],
  ])('is refused for %s', async (_, retire) => {
    expect(await post(retire)).toMatchObject({ status: 400, body: { error: 'BadInput' } });
    expect(day.started).toEqual([]);
  });
});

describe('peers', () => {
  test('are what the sentinel sees, for the cluster of the path', async () => {
    const seen = { peers: peersOf(healthyNetwork(day.at)) };
    day.answerOfFunction = seen;
    expect(await http('POST', '/clusters/demo/peers')).toEqual({ status: 200, body: seen });
    expect(day.told).toHaveLength(1);
    expect(day.told[0]?.url).toContain('/functions/sentinel/invocations');
    expect(JSON.parse(day.told[0]?.body ?? '')).toEqual({ action: 'peers', cluster: 'demo' });
  });

  test.each([
    ['POST', '/clusters/other/peers', ANN, 404, 'UnknownCluster'],
    ['GET', '/clusters/demo/peers', ANN, 404, 'UnknownRoute'],
    ['POST', '/clusters/demo/peers', null, 403, 'NotAuthorised'],
  ])('%s %s by %s is answered %d %s, and nobody is asked', async (method, path, who, status, error) => {
    expect(await http(method, path, undefined, who)).toMatchObject({
      status,
      body: { error, says: expect.stringMatching(/./) as string, nextStep: expect.stringMatching(/./) as string },
    });
    expect(day.told).toEqual([]);
  });

  test('that could not be looked at are an error with a next step, not an empty list', async () => {
    globalThis.fetch = () =>
      Promise.resolve(
        new Response('{"errorMessage":"timed out"}', { headers: { 'x-amz-function-error': 'Unhandled' } }),
      );
    expect(await http('POST', '/clusters/demo/peers')).toMatchObject({
      status: 500,
      body: { error: 'Unexpected', says: expect.stringContaining('timed out') as string },
    });
  });
});
