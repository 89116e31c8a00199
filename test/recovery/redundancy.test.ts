import { Cluster } from '../../lib/recovery/cluster';
import { HEALTH, healthOf, healthValue } from '../../lib/recovery/health';
import { redundancyAfter, redundancyOf, redundancySays, shortOfStrength } from '../../lib/recovery/redundancy';
import { COUNTED_AS_LOST, QUORUM_LOST, STARTED_AND_LEFT_OUT, TWO_OF_FIVE } from '../support/chapters';
import { surveyOf, type World } from '../support/world';
import type * as z from 'zod';

describe('how far from the next outage', () => {
  test.each([
    [{ voters: 1, running: 1, size: 3 }, 'none', 0],
    [{ voters: 2, running: 2, size: 3 }, 'none', 0],
    [{ voters: 3, running: 3, size: 3 }, 'full', 1],
    [{ voters: 3, running: 2, size: 3 }, 'none', 0],
    [{ voters: 3, running: 3, size: 5 }, 'reduced', 1],
    [{ voters: 5, running: 4, size: 5 }, 'reduced', 1],
    [{ voters: 5, running: 4, size: 3 }, 'reduced', 1],
    [{ voters: 1, running: 1, size: 1 }, 'full', 0],
    [{ voters: 3, running: 1, size: 3 }, 'none', 0],
  ] as const)('%j is %s and tolerates %d', (counts, level, tolerates) => {
    expect(redundancyOf(counts)).toEqual({ ...counts, level, tolerates });
  });

  test('is one sentence, and nothing at full strength', () => {
    const says = (voters: number, running: number, size: number) =>
      shortOfStrength(redundancyOf({ voters, running, size }));
    expect(says(1, 1, 3)).toBe('no redundancy: 1 of 3 voters, no failure is tolerated');
    expect(says(3, 3, 5)).toBe('reduced redundancy: 3 of 5 voters, 1 failure is tolerated');
    expect(says(3, 3, 3)).toBeNull();
    expect(shortOfStrength(null)).toBeNull();
    expect(redundancySays(redundancyOf({ voters: 5, running: 5, size: 5 }))).toContain('2 failures are tolerated');
  });

  test.each([
    ['one of three is left', QUORUM_LOST, 3, '1 of 3'],
    ['two of five are left', TWO_OF_FIVE, 5, '2 of 5'],
    ['one was removed', COUNTED_AS_LOST, 3, '2 of 3'],
    ['one stays down', STARTED_AND_LEFT_OUT, 5, '4 of 5'],
  ] as const)('a plan where %s leaves the cluster with it', (_what, { plan, briefing }, size, says) => {
    expect(redundancySays(redundancyAfter(plan, briefing, size))).toContain(says);
  });
});

describe('what the sentinel sees', () => {
  const health = (world: z.input<typeof World>) => {
    const { survey, cluster } = surveyOf(world);
    return healthOf(survey.network, cluster);
  };
  const LEADS = { leads: true } as const;
  const FOLLOWS = { names: 'dkron-1' } as const;

  test.each([
    ['all three of three', { servers: { 'dkron-1': LEADS, 'dkron-2': FOLLOWS, 'dkron-3': FOLLOWS } }, 2],
    ['one that is all there is, of three', { servers: { 'dkron-1': LEADS }, size: 3 }, 1],
    [
      'a follower that is down',
      { servers: { 'dkron-1': LEADS, 'dkron-2': FOLLOWS, 'dkron-3': { answers: false } } },
      1,
    ],
    ['nobody that leads', { servers: { 'dkron-1': {}, 'dkron-2': {}, 'dkron-3': {} } }, 0],
    ['two that lead', { servers: { 'dkron-1': LEADS, 'dkron-2': LEADS, 'dkron-3': {} } }, 0],
  ] as const)('%s', (_what, world, value) => {
    expect(healthValue(health(world))).toBe(value);
  });

  test('a server that was deposed answers, and takes no part', () => {
    const deposed = health({
      servers: {
        'dkron-1': { names: 'dkron-2', told: ['dkron-1'] },
        'dkron-2': LEADS,
        'dkron-3': { names: 'dkron-2' },
      },
    });
    expect(deposed.redundancy).toMatchObject({ voters: 3, running: 2, level: 'none' });
    expect(healthValue(deposed)).toBe(HEALTH.notAtFullStrength);
  });

  test('a Raft address that nobody can be asked at is that of a server that answers elsewhere', () => {
    const elastic = { raftAddress: '203.0.113.3:6868', names: 'dkron-1' };
    const whole = health({ servers: { 'dkron-1': LEADS, 'dkron-2': FOLLOWS, 'dkron-3': elastic } });
    expect(whole.redundancy?.level).toBe('full');
    const silent = health({
      servers: { 'dkron-1': LEADS, 'dkron-2': FOLLOWS, 'dkron-3': { ...elastic, answers: false } },
    });
    expect(silent.redundancy).toMatchObject({ running: 2, level: 'none' });
  });

  test('the values rise with the strength: each alarm is one threshold', () => {
    expect(HEALTH.noLeader).toBeLessThan(HEALTH.notAtFullStrength);
    expect(HEALTH.notAtFullStrength).toBeLessThan(HEALTH.fullStrength);
    expect(Cluster.shape.size.safeParse(0).success).toBe(false);
  });
});
