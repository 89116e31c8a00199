import * as fleet from '../../../lambdas/adapters/fleet';
import { declare, DeclareInput } from '../../../lambdas/sentinel/declare';
import { refresh } from '../../../lambdas/sentinel/refresh';
import type { Remains } from '../../../lib/recovery/survey';
import { fleetInOutage, healthyFleet, healthyNetwork, inventory, networkInOutage } from '../../support/lost-quorum';
import { WorkingDay } from '../../support/working-day';

jest.mock('../../../lambdas/adapters/fleet');

let day: WorkingDay;
beforeEach(async () => {
  day = await new WorkingDay().withInventory();
  jest.spyOn(process.stdout, 'write').mockImplementation(() => true);
});
afterEach(() => {
  jest.restoreAllMocks();
  day.end();
});

const seeing = (isHealthy: boolean, ofSecond: Partial<Remains> = {}): void => {
  const seen = isHealthy ? healthyFleet() : fleetInOutage();
  const remains = seen.remains.map((one) => (one.serverId === 'dkron-2' ? { ...one, ...ofSecond } : one));
  jest.mocked(fleet.describeFleet).mockResolvedValue({ ...seen, remains });
  day.answerOfFunction = isHealthy ? healthyNetwork(day.at) : networkInOutage(day.at);
};
const say = (server: string) =>
  declare(
    day.sentinel,
    DeclareInput.parse({ action: 'declare', cluster: 'demo', server, who: 'ann', because: 'the rack burnt' }),
  );
const kept = () => day.sentinel.declarations.of('demo');

test('a server of which nothing is seen is kept as declared, with what was known of it', async () => {
  seeing(false);
  expect(await say('dkron-2')).toMatchObject({ kind: 'declared' });
  const [known] = inventory.servers.filter(({ id }) => id === 'dkron-2');
  expect(await kept()).toEqual([
    {
      serverId: 'dkron-2',
      who: 'ann',
      at: day.at,
      because: 'the rack burnt',
      known: {
        address: known?.address,
        instanceId: known?.instanceId,
        volumeIds: known?.volumeIds,
        interfaceIds: known?.interfaceIds,
      },
    },
  ]);
});

test.each([
  ['answers', 'dkron-1', {}, /answers on the RPC port/],
  ['runs and is silent', 'dkron-3', {}, /its instance i-00000003 is running/],
  [
    'has its volume on another instance',
    'dkron-2',
    { volumes: [{ volumeId: 'vol-2', state: 'in-use' as const, attachedTo: 'i-0000000f' }] },
    /vol-2 is attached to i-0000000f/,
  ],
  ['is not known', 'dkron-9', {}, /known are dkron-1, dkron-2, dkron-3/],
])('who %s is not declared, and nothing is kept', async (_, server, ofSecond, says) => {
  seeing(false, ofSecond);
  const refused = await say(server);
  expect(refused).toMatchObject({ kind: 'refused' });
  expect(refused.kind === 'refused' && refused.says).toMatch(says);
  expect(await kept()).toEqual([]);
});

test('without a look there is no declaration', async () => {
  jest.mocked(fleet.describeFleet).mockRejectedValue(new Error('EC2 is away'));
  await expect(say('dkron-2')).rejects.toThrow('EC2 is away');
  expect(await kept()).toEqual([]);
});

test('an outage leaves words as they are; a healthy cluster in which the server takes part ends them, and says so', async () => {
  seeing(false);
  await say('dkron-2');
  await refresh(day.sentinel, { action: 'refresh' });
  expect(await kept()).toHaveLength(1);
  seeing(true);
  day.pass(60);
  const { clusters } = await refresh(day.sentinel, { action: 'refresh' });
  expect(clusters[0]?.says).toContain('dkron-2 was declared destroyed by ann');
  expect(clusters[0]?.says).toContain('it answers, so that is void');
  expect(await kept()).toEqual([]);
});

test('a healthy cluster without the server keeps the word: it says what must not come back', async () => {
  seeing(false);
  await say('dkron-2');
  const two = healthyNetwork(day.at);
  const without = <T extends { readonly id: string }>(all: readonly T[]): T[] =>
    all.filter(({ id }) => id !== 'dkron-2');
  jest.mocked(fleet.describeFleet).mockResolvedValue(healthyFleet());
  day.answerOfFunction = {
    ...two,
    reports: two.reports
      .filter(({ address }) => address !== '10.0.0.2')
      .map((report) =>
        report.raft.outcome === 'answered'
          ? { ...report, raft: { ...report.raft, servers: without(report.raft.servers) } }
          : report,
      ),
  };
  const { clusters } = await refresh(day.sentinel, { action: 'refresh' });
  expect(clusters).toMatchObject([{ kept: true }]);
  expect(await kept()).toHaveLength(1);
});
