import { ended } from '../../../lambdas/sentinel/ended';
import { healthMetric } from '../../../lambdas/sentinel/health-metric';
import { refresh } from '../../../lambdas/sentinel/refresh';
import * as fleet from '../../../lambdas/adapters/fleet';
import { healthOf } from '../../../lib/recovery/health';
import { opened } from '../../support/case-walk';
import {
  cluster,
  fleetInOutage,
  healthyFleet,
  healthyNetwork,
  inventory,
  networkInOutage,
  networkWithLeader,
} from '../../support/lost-quorum';
import { WorkingDay } from '../../support/working-day';

jest.mock('../../../lambdas/adapters/fleet');

let day: WorkingDay;
const printed: string[] = [];
beforeEach(async () => {
  day = await new WorkingDay().withInventory();
  printed.length = 0;
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => printed.push(String(text)) > 0);
});
afterEach(() => {
  jest.restoreAllMocks();
  day.end();
});

const seeing = (isHealthy: boolean): void => {
  jest.mocked(fleet.describeFleet).mockResolvedValue(isHealthy ? healthyFleet() : fleetInOutage());
  day.answerOfFunction = isHealthy ? healthyNetwork() : networkInOutage();
};
const health = (): unknown[] =>
  printed
    .filter((line) => line.includes('ClusterHealth'))
    .map((line) => (JSON.parse(line) as { ClusterHealth: number }).ClusterHealth);
const round = () => refresh(day.sentinel, { action: 'refresh' });

test('a healthy cluster gives an inventory of now and health 2', async () => {
  seeing(true);
  day.pass(60);
  expect(await round()).toMatchObject({ clusters: [{ cluster: 'demo', leader: 'dkron-1', kept: true }] });
  const kept = await day.sentinel.inventories.find('demo');
  expect(kept).toMatchObject({ at: day.at });
  expect(kept?.servers.map(({ id, instanceId, volumeIds }) => [id, instanceId, volumeIds])).toEqual([
    ['dkron-1', 'i-00000001', ['vol-1']],
    ['dkron-2', 'i-00000002', ['vol-2']],
    ['dkron-3', 'i-00000003', ['vol-3']],
  ]);
  expect(health()).toEqual([2]);
  expect(await day.sentinel.healths.find('demo')).toMatchObject({ leader: 'dkron-1', redundancy: { level: 'full' } });
});

test('a leader of one voter where there should be three is health 1, and what was seen is kept', async () => {
  jest.mocked(fleet.describeFleet).mockResolvedValue(fleetInOutage());
  day.answerOfFunction = networkWithLeader(day.at);
  expect(await round()).toMatchObject({ clusters: [{ leader: 'dkron-1' }] });
  expect(health()).toEqual([1]);
  expect(await day.sentinel.healths.find('demo')).toMatchObject({
    at: day.at,
    redundancy: { level: 'none', voters: 1, running: 1, size: 3, tolerates: 0 },
    says: 'dkron-1 leads; 1 of 3 voters, no failure is tolerated',
  });
});

test('in an outage the inventory of good times stays, and health is 0', async () => {
  seeing(false);
  expect(await round()).toMatchObject({ clusters: [{ leader: null, kept: false }] });
  expect(await day.sentinel.inventories.find('demo')).toEqual(inventory);
  expect(health()).toEqual([0]);
  expect(await day.sentinel.healths.find('demo')).toMatchObject({ leader: null, redundancy: null });
});

test('a cluster that cannot be looked at is said so, and dead runs are swept all the same', async () => {
  await opened(day);
  day.dead.add('arn:execution:case-1');
  jest.mocked(fleet.describeFleet).mockRejectedValue(new Error('EC2 is away'));
  const { clusters, tidied } = await round();
  expect(clusters[0]?.says).toContain('EC2 is away');
  expect(health()).toEqual([]);
  expect(tidied).toEqual(['case-1']);
});

test('an unknown cluster is refused by name', async () => {
  await expect(refresh(day.sentinel, { action: 'refresh', cluster: 'other' })).rejects.toMatchObject({
    name: 'UnknownCluster',
  });
});

test('the metric is one line that CloudWatch reads', () => {
  const line = healthMetric(healthOf(healthyNetwork(), cluster()), new Date(1000));
  expect(line).not.toContain('\n');
  expect(JSON.parse(line)).toMatchObject({
    _aws: { Timestamp: 1000, CloudWatchMetrics: [{ Namespace: 'Requorum', Dimensions: [['Cluster']] }] },
    Cluster: 'demo',
    ClusterHealth: 2,
  });
});

describe('the janitor', () => {
  const endedEvent = (name: string) =>
    ended(day.sentinel, {
      source: 'aws.states',
      'detail-type': 'Step Functions Execution Status Change',
      detail: { executionArn: `arn:execution:${name}`, name, status: 'ABORTED' },
    });

  test('starts a run for an open case whose run is dead', async () => {
    await opened(day);
    day.dead.add('arn:execution:case-1');
    expect(await endedEvent('case-1')).toEqual({ tidied: ['case-1'] });
    expect(day.started.map(({ input }) => input)).toContainEqual({ cluster: 'demo', mode: 'tidy', caseId: 'case-1' });
  });

  test('event and sweep together ask for the same name, which Step Functions starts once', async () => {
    seeing(false);
    await opened(day);
    day.dead.add('arn:execution:case-1');
    await endedEvent('case-1');
    await round();
    expect(new Set(day.started.map(({ name }) => name)).size).toBe(1);
    expect(day.started[0]?.name).toMatch(/^tidy-[0-9a-f]{24}-\d+$/);
  });

  test('leaves a case alone that runs, and one that is closed', async () => {
    const ref = await opened(day);
    expect(await endedEvent('some-other-run')).toEqual({ tidied: [] });
    await day.clerk.cases.close(ref.caseId, { outcome: 'declined' });
    day.dead.add('arn:execution:case-1');
    expect(await endedEvent('case-1')).toEqual({ tidied: [] });
    expect(day.started).toEqual([]);
  });

  test('a run that died before it got the lease is found by its name', async () => {
    await opened(day);
    const { cases } = day.clerk;
    await cases.create({
      ...(await cases.load('case-1')),
      caseId: 'case-2',
      executionArn: 'arn:execution:case-2',
      counter: null,
    });
    day.dead.add('arn:execution:case-2');
    expect(await endedEvent('case-2')).toEqual({ tidied: ['case-2'] });
  });
});
