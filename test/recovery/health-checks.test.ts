import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type * as z from 'zod';
import type { HealthCheck } from '../../lib/recovery/health-check';
import { firstTrouble, healthSays, isHealthy } from '../../lib/recovery/health-check';
import type { Briefing } from '../../lib/recovery/plan';
import type { Survey } from '../../lib/recovery/survey';
import {
  briefingOf,
  DEPOSED,
  EXCLUDED_ALIVE,
  gone,
  HALF_SEEN,
  HEALTHY_SEEN,
  held,
  LAGGING,
  NO_REDUNDANCY,
  recoveredAlone,
  stop,
  stopped,
} from '../support/seen';
import type { World } from '../support/world';

const LEADS = { leads: true } as const;
const FOLLOWS = { names: 'dkron-1' } as const;
type Server = z.input<typeof World>['servers'][string];
const three = (third: Server, rest: Partial<z.input<typeof World>> = {}): z.input<typeof World> => ({
  servers: { 'dkron-1': LEADS, 'dkron-2': FOLLOWS, 'dkron-3': third },
  ...rest,
});

const troubles = ({ checks }: Briefing): string[] =>
  checks.filter(({ state }) => state !== 'passed').map(({ id, state }) => `${id} ${state}`);
const check = ({ checks }: Briefing, id: string): HealthCheck => {
  const found = checks.find((one) => one.id === id);
  if (!found) throw new Error(`no check ${id}`);
  return found;
};

test.each([
  ['a healthy cluster', HEALTHY_SEEN, []],
  ['a deposed server', DEPOSED, ['one-timeline failed', 'same-configuration failed', 'full-strength failed']],
  ['an excluded server in the gossip', EXCLUDED_ALIVE, ['no-excluded-alive failed', 'full-strength failed']],
  ['a follower that lags', LAGGING, ['caught-up failed']],
  ['a cluster that was recovered alone', NO_REDUNDANCY, ['full-strength failed']],
  [
    'a host without its agent',
    HALF_SEEN,
    ['one-timeline unknown', 'caught-up unknown', 'same-jobs unknown', 'no-peers-json unknown'],
  ],
])('%s fails what it fails, and no other check', (_what, briefing, expected) => {
  expect(troubles(briefing)).toEqual(expected);
});

test('what is wrong is said before what could not be seen, and nothing asked is not healthy', () => {
  expect(isHealthy([])).toBe(false);
  const [first = check(LAGGING, 'caught-up')] = HALF_SEEN.checks.filter(({ state }) => state === 'unknown');
  const wrong = check(LAGGING, 'caught-up');
  expect(firstTrouble([first, wrong])).toBe(wrong);
  expect(healthSays('demo', [first])).toBe('demo cannot be called healthy: the log of dkron-3 was not read.');
  expect(healthSays('demo', HEALTHY_SEEN.checks)).toBe('demo is healthy: every check passed.');
});

describe('one timeline', () => {
  test('a deposed server is seen by the answers alone, without any log', () => {
    const unread = (survey: Survey): Survey => ({ ...survey, hosts: [] });
    const briefing = briefingOf(
      {
        servers: {
          'dkron-1': { names: 'dkron-2', told: ['dkron-1'] },
          'dkron-2': LEADS,
          'dkron-3': { names: 'dkron-2' },
        },
      },
      [],
      unread,
    );
    expect(check(briefing, 'one-timeline').evidence).toBe(
      'dkron-1 is stranded in another timeline: it lists {dkron-1}, and dkron-2 leads {dkron-1, dkron-2, dkron-3}',
    );
  });

  test('a recovered server with the newer log is the stranded one, where the old pair leads (facts/dkron §8, third row)', () => {
    const old = { log: '3/118', configuration: ['dkron-1', 'dkron-2', 'dkron-3'] };
    const briefing = briefingOf({
      servers: {
        'dkron-1': { names: 'dkron-2', log: '6/150', terms: { 6: 130 }, told: ['dkron-1'], configuration: ['dkron-1'] },
        'dkron-2': { ...LEADS, ...old },
        'dkron-3': { names: 'dkron-2', ...old },
      },
    });
    const { state, evidence, nextStep } = check(briefing, 'one-timeline');
    expect(state).toBe('failed');
    expect(evidence).toMatch(/^dkron-1 is stranded in another timeline/);
    expect(nextStep).toContain('back up the data-dir of dkron-1');
  });

  test('both of two that were recovered together and deposed are named', () => {
    const alone = {
      names: 'dkron-3',
      told: ['dkron-1', 'dkron-2'],
      configuration: ['dkron-1', 'dkron-2'],
      log: '3/140',
    };
    const briefing = briefingOf({
      servers: {
        'dkron-1': alone,
        'dkron-2': alone,
        'dkron-3': { ...LEADS, log: '4/120' },
        'dkron-4': { names: 'dkron-3', log: '4/120' },
        'dkron-5': { names: 'dkron-3', log: '4/120' },
      },
    });
    const { evidence, nextStep } = check(briefing, 'one-timeline');
    expect(evidence).toMatch(/dkron-1 is stranded.*; dkron-2 is stranded/);
    expect(nextStep).toContain('dkron-1 and dkron-2');
  });

  test('logs whose terms differ below both ends are two timelines, though everybody lists the same', () => {
    const briefing = briefingOf(three({ ...FOLLOWS, log: '3/100', terms: { 1: 1, 3: 60 } }));
    expect(troubles(briefing)).toContain('one-timeline failed');
    expect(check(briefing, 'one-timeline').evidence).toContain('hold different histories');
  });

  test('one old server alone beside the recovered one is to be stopped: it is in no configuration', () => {
    const world = recoveredAlone();
    const old = { told: ['dkron-1', 'dkron-2', 'dkron-3'], log: '2/118', names: 'dkron-1' };
    const briefing = briefingOf({ ...world, servers: { ...world.servers, 'dkron-3': old } }, [gone(2)]);
    expect(check(briefing, 'one-timeline').nextStep).toMatch(/^stop dkron-3/);
  });

  test('a server that is just being added is no timeline of its own', () => {
    const briefing = briefingOf(three({ ...FOLLOWS, told: ['dkron-1', 'dkron-2'] }));
    expect(check(briefing, 'one-timeline').state).toBe('passed');
    expect(troubles(briefing)).toContain('same-configuration failed');
  });
});

describe('excluded servers', () => {
  const with3 = (
    third: Server,
    out = [gone(2), stopped(3)],
    rest: Partial<z.input<typeof World>> = {},
  ): HealthCheck => {
    const world = recoveredAlone();
    const old = { log: '2/118', configuration: ['dkron-1', 'dkron-2', 'dkron-3'], answers: false };
    const servers = { ...world.servers, 'dkron-3': { ...old, ...third } };
    return check(briefingOf({ ...world, ...rest, servers }, out), 'no-excluded-alive');
  };

  test.each([
    ['stopped in quarantine', { host: 'stopped', groups: ['sg-0fence'] }, [gone(2), stopped(3)], 'passed'],
    ['started again in quarantine', { groups: ['sg-0fence'] }, [gone(2), stopped(3)], 'passed'],
    ['started again outside of it', { running: false }, [gone(2), stopped(3)], 'failed'],
    ['running outside of it, unseen', { host: 'impaired' }, [gone(2), stopped(3)], 'failed'],
    ['held', { data: 'file', running: false }, [gone(2), held(3)], 'passed'],
    ['held, and started again and again (E12)', { data: 'file' }, [gone(2), held(3)], 'failed'],
    ['not held any more', { running: false }, [gone(2), held(3)], 'failed'],
    ['held, and nobody looked', { host: 'impaired' }, [gone(2), held(3)], 'unknown'],
    ['answering on the RPC port', { answers: true, groups: ['sg-0fence'] }, [gone(2), stopped(3)], 'failed'],
  ] as const)('%s: %s', (_what, third, out, state) => {
    expect(with3(third as Server, [...out]).state).toBe(state);
  });

  test('one that is in the configuration again is said, whoever let it in', () => {
    const briefing = briefingOf(three(FOLLOWS), [stopped(3)]);
    expect(check(briefing, 'no-excluded-alive').evidence).toBe(
      'dkron-3 was taken out by case-of-yesterday, and is in the configuration again',
    );
  });

  test('a replacement that bears its name is not it: the old one is gone, or on a host of its own', () => {
    const anew = three(FOLLOWS, { gossip: [{ by: 'dkron-1', name: 'dkron-3', at: '10.0.3.13' }] });
    expect(check(briefingOf(anew, [gone(3)]), 'no-excluded-alive').state).toBe('passed');
    const elsewhere = { ...stopped(3), fence: { ...stop(3), instanceId: 'i-0000000a' } };
    expect(check(briefingOf(anew, [elsewhere]), 'no-excluded-alive').state).toBe('passed');
    const both = three(FOLLOWS, { gossip: [{ by: 'dkron-1', name: 'dkron-3', at: '10.0.8.88' }] });
    expect(check(briefingOf(both, [elsewhere]), 'no-excluded-alive').state).toBe('failed');
  });

  test('one that the gossip has given up is not alive, and an agent node of its name is none', () => {
    const gossip = [
      { by: 'dkron-1', name: 'dkron-3', at: '10.0.3.13', status: 'failed' },
      { by: 'dkron-1', name: 'dkron-2', at: '10.0.2.12', server: false },
    ];
    expect(with3({ host: 'stopped', groups: ['sg-0fence'] }, [gone(2), stopped(3)], { gossip }).state).toBe('passed');
  });

  test('one that answers and follows nobody casts no doubt on the leader: it is told as what it is', () => {
    const world = recoveredAlone();
    const old = { told: ['dkron-1', 'dkron-2', 'dkron-3'], log: '2/118' };
    const briefing = briefingOf({ ...world, servers: { ...world.servers, 'dkron-3': old } }, [gone(2), stopped(3)]);
    expect(check(briefing, 'one-leader').state).toBe('passed');
    expect(healthSays('demo', briefing.checks)).toContain('dkron-3 was taken out, and answers');
  });

  test('an excluded server is no stranger as well', () => {
    expect(check(EXCLUDED_ALIVE, 'no-stranger').state).toBe('passed');
  });
});

describe('the other checks', () => {
  test.each([
    ['nobody leads', { servers: { 'dkron-1': {}, 'dkron-2': {}, 'dkron-3': {} } }, 'one-leader', 'failed'],
    ['two lead', { servers: { 'dkron-1': LEADS, 'dkron-2': LEADS, 'dkron-3': {} } }, 'one-leader', 'failed'],
    ['nobody answers', { servers: { 'dkron-1': { host: 'impaired' } } }, 'one-leader', 'unknown'],
    ['a follower that names nobody (E5)', three({}), 'one-leader', 'failed'],
    ['a leader that is named without its address', three({ namesWithoutAddress: 'dkron-1' }), 'one-leader', 'failed'],
    ['a server that is silent', three({ answers: false, running: false }), 'every-server-answers', 'failed'],
    ['a server that is being filled', three({ ...FOLLOWS, told: [], log: null }), 'every-server-answers', 'failed'],
    [
      'a stranger in the gossip',
      three(FOLLOWS, { gossip: [{ by: 'dkron-1', name: 'dkron-9', at: '10.0.9.9' }] }),
      'no-stranger',
      'failed',
    ],
    [
      'old data on a host that is no member',
      recoveredAlone({ servers: { 'dkron-1': LEADS, 'dkron-3': { running: false, answers: false } } }),
      'no-stranger',
      'failed',
    ],
    [
      'a log of an older term, however close its end',
      {
        servers: {
          'dkron-1': { ...LEADS, terms: { 1: 1, 2: 100 } },
          'dkron-2': { ...FOLLOWS, terms: { 1: 1, 2: 100 } },
          'dkron-3': { ...FOLLOWS, log: '1/99', terms: { 1: 1 } },
        },
      },
      'caught-up',
      'failed',
    ],
    ['a log that is a little behind', three({ ...FOLLOWS, log: '2/97' }), 'caught-up', 'passed'],
    [
      'jobs that entries between two looks explain',
      three({ ...FOLLOWS, log: '2/98', jobs: 18 }),
      'same-jobs',
      'passed',
    ],
    ['jobs that nothing explains', three({ ...FOLLOWS, jobs: 18 }), 'same-jobs', 'failed'],
    ['jobs that could not be counted', three({ ...FOLLOWS, jobs: null }), 'same-jobs', 'unknown'],
    ['a peers.json that was left', three({ ...FOLLOWS, peersJson: true }), 'no-peers-json', 'failed'],
    ['fewer voters than configured', three(FOLLOWS, { size: 5 }), 'full-strength', 'failed'],
  ] as const)('%s', (_what, world, id, state) => {
    const { state: seen, nextStep } = check(briefingOf(world), id);
    expect(seen).toBe(state);
    expect(nextStep === '').toBe(state === 'passed');
  });

  test('the way back to full strength is named: readmit what is fenced, replace what is gone', () => {
    expect(check(NO_REDUNDANCY, 'full-strength').nextStep).toContain(
      'requorum readmit --cluster demo --server dkron-3',
    );
    const withReplaced = briefingOf(recoveredAlone({ size: 3 }), [gone(2), { ...stopped(3), replacedBy: 'dkron-4' }]);
    expect(check(withReplaced, 'full-strength').nextStep).toContain('replace --cluster demo --server dkron-2');
    const onlyGone = briefingOf(recoveredAlone({ size: 3 }), [gone(2)]);
    expect(check(onlyGone, 'full-strength').nextStep).toContain('requorum replace --cluster demo --server dkron-2');
  });
});

test('a server whose Raft address is none of its own addresses is found by its instance', () => {
  const closed = { ...FOLLOWS, raftAddress: '203.0.113.3:6868', publicAddress: '203.0.113.3', host: 'closed' } as const;
  expect(troubles(briefingOf(three(closed)))).not.toContain('every-server-answers failed');
});

describe('over every scenario', () => {
  const folder = join(__dirname, 'scenarios');
  const worlds = readdirSync(folder).map((file) => {
    const { world } = parse(readFileSync(join(folder, file), 'utf8')) as { world: z.input<typeof World> };
    return [file.replace('.yaml', ''), briefingOf(world)] as const;
  });

  test('what passes every check has the verdict healthy, and some do', () => {
    const well = worlds.filter(([, { checks }]) => isHealthy(checks));
    expect(well.length).toBeGreaterThan(0);
    expect(well.filter(([, { verdict }]) => verdict.name !== 'healthy')).toEqual([]);
  });

  test.each(worlds)('%s: whatever did not pass names its next step', (_name, { checks }) => {
    expect(checks.filter(({ state, nextStep }) => (state === 'passed') !== (nextStep === ''))).toEqual([]);
    expect(new Set(checks.map(({ id }) => id)).size).toBe(checks.length);
  });
});
