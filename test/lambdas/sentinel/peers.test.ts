import * as fleet from '../../../lambdas/adapters/fleet';
import { peers } from '../../../lambdas/sentinel/peers';
import { Peers } from '../../../lib/recovery/peers';
import { fleetInOutage, healthyFleet, healthyNetwork, inventory, networkInOutage } from '../../support/lost-quorum';
import { WorkingDay } from '../../support/working-day';

jest.mock('../../../lambdas/adapters/fleet');

let day: WorkingDay;
beforeEach(async () => {
  day = await new WorkingDay().withInventory();
});
afterEach(() => {
  jest.restoreAllMocks();
  day.end();
});

const seeing = (isHealthy: boolean): void => {
  jest.mocked(fleet.describeFleet).mockResolvedValue(isHealthy ? healthyFleet() : fleetInOutage());
  day.answerOfFunction = isHealthy ? healthyNetwork(day.at) : networkInOutage(day.at);
};
const look = async (cluster = 'demo') => peers(day.sentinel, { action: 'peers', cluster });

test('the servers of a healthy cluster are told by id, with the one that leads, and no problem', async () => {
  seeing(true);
  const told = Peers.parse((await look()).peers);
  expect(told.problems).toEqual([]);
  expect(told.at).toBe(day.at);
  expect(told.peers.map(({ id, address, state, voter, answers }) => [id, address, state, voter, answers])).toEqual([
    ['dkron-1', '10.0.0.1:6868', 'leader', true, 'yes'],
    ['dkron-2', '10.0.0.2:6868', 'follower', true, 'yes'],
    ['dkron-3', '10.0.0.3:6868', 'follower', true, 'yes'],
  ]);
});

test('in an outage it is told who does not answer, and nobody is called leader', async () => {
  seeing(false);
  const { peers: told, problems } = (await look()).peers;
  expect(told.map(({ id, state, answers }) => [id, state, answers])).toEqual([
    ['dkron-1', 'unknown', 'yes'],
    ['dkron-2', 'unknown', 'timed-out'],
    ['dkron-3', 'unknown', 'timed-out'],
  ]);
  expect(problems).toHaveLength(3);
});

test('one question goes to the prober, about every address that is known, and nothing is kept', async () => {
  seeing(true);
  const [items, texts] = [structuredClone([...day.table.items]), [...day.bucket.texts]];
  await look();
  expect(day.told).toHaveLength(1);
  expect(day.told[0]?.url).toContain('/functions/probe/invocations');
  expect(JSON.parse(day.told[0]?.body ?? '')).toEqual({
    action: 'probe',
    targets: [1, 2, 3].map((n) => ({ address: `10.0.0.${n}`, rpc: 6868, http: 8080 })),
  });
  expect([...day.table.items]).toEqual(items);
  expect([...day.bucket.texts]).toEqual(texts);
  expect(await day.sentinel.inventories.find('demo')).toEqual(inventory);
});

test('a cluster without an inventory is looked at by its instances', async () => {
  day.end();
  day = new WorkingDay();
  seeing(true);
  await look();
  expect(JSON.parse(day.told[0]?.body ?? '')).toMatchObject({ targets: [{ address: '10.0.0.1' }, {}, {}] });
});

test('an unknown cluster is refused by name, and nobody is asked', async () => {
  seeing(true);
  await expect(look('other')).rejects.toMatchObject({ name: 'UnknownCluster' });
  expect(day.told).toEqual([]);
});

test('an answer of the prober that is no view of the network is an error, never an empty list', async () => {
  seeing(true);
  day.answerOfFunction = { errorMessage: 'out of memory' };
  await expect(look()).rejects.toThrow('reports');
});
