import {
  awaitLeader,
  rungsOf,
  type LogFacts,
  type NetworkView,
  type RungsInput,
  type VerifyResult,
} from '../../lib/recovery';
import { TWO_OF_FIVE, led, logAt, looksOf, planOf, quiet, releasesOf } from '../support/planned';

const planned = planOf(TWO_OF_FIVE);
const { plan, briefing, cluster } = planned;
const LEADER_AT = '2026-03-01T04:12:00.000Z';
const LATER = '2026-03-01T04:13:20.000Z';
const network: NetworkView = { ...led(planned), at: LATER };
const input: RungsInput = {
  plan,
  briefing,
  network,
  looks: looksOf(planned),
  releases: releasesOf(planned),
  leaderAt: LEADER_AT,
  now: LATER,
  policy: cluster.policy,
  jobsBefore: 20,
};
const states = (rest: Partial<RungsInput>) =>
  Object.fromEntries(rungsOf({ ...input, ...rest }).map(({ id, state }) => [id, state]));
const changed = (address: string, rest: object): NetworkView => ({
  ...network,
  reports: network.reports.map((report) => (report.address === address ? { ...report, ...rest } : report)),
});
const configuration = (servers: readonly { id: string; address: string }[]) => ({
  raft: {
    outcome: 'answered',
    service: 'types.Dkron',
    servers: servers.map((one) => ({ ...one, suffrage: 'voter', leader: one.id === 'dkron-1' })),
  },
});
const looksWith = (hostId: string, rest: object): VerifyResult[] =>
  input.looks.map((look) => (look.hostId === hostId ? { ...look, ...rest } : look));

test('the rungs come in the order of the design, and all pass after a recovery that held', () => {
  const rungs = rungsOf(input);
  expect(rungs.map(({ id }) => id)).toEqual([
    'file-consumed',
    'one-leader',
    'same-configuration',
    'index-caught-up',
    'no-excluded-alive',
    'canary',
    'jobs',
    'held',
  ]);
  expect(rungs.filter(({ state }) => state !== 'passed')).toEqual([]);
  expect(rungs.filter(({ evidence, says }) => evidence === '' || says === '')).toEqual([]);
});

const old = [...plan.survivors, { id: 'dkron-5', address: '10.0.5.15:6868' }].map(({ id, address }) => ({
  id,
  address,
}));

test.each([
  // The network may show later what the release did not wait for.
  ['the release did not see the file go, but the configuration is new', { releases: releasesOf(planned, false) }, {}],
  [
    'the file was not taken in and nobody answers',
    { releases: releasesOf(planned, false), network: { ...quiet(planned), at: LATER } },
    {
      'file-consumed': 'pending',
      'one-leader': 'pending',
      'same-configuration': 'pending',
      held: 'pending',
    },
  ],
  [
    'a host refused the release',
    {
      releases: [
        { outcome: 'refused', hostId: 'i-00000002', code: 'Late', detail: '' },
        ...releasesOf(planned).slice(0, 1),
      ],
      network: changed('10.0.2.12', configuration(old)),
    },
    { 'file-consumed': 'failed', 'one-leader': 'passed', 'same-configuration': 'failed' },
  ],
  [
    'one survivor names nobody',
    { network: changed('10.0.2.12', { leader: { outcome: 'answered', leader: null, status: 500 } }) },
    { 'one-leader': 'pending' },
  ],
  [
    'a server that is no survivor leads',
    { network: { ...led(planned, 'dkron-9'), at: LATER } },
    { 'one-leader': 'pending', held: 'pending' },
  ],
  [
    'an excluded server is in a configuration again',
    { network: changed('10.0.2.12', configuration(old)) },
    { 'same-configuration': 'failed' },
  ],
  [
    'one survivor sees itself alone',
    { network: changed('10.0.2.12', configuration([{ id: 'dkron-2', address: '10.0.2.12:6868' }])) },
    { 'one-leader': 'pending', 'same-configuration': 'pending' },
  ],
  [
    'an address in the configuration is not the planned one',
    {
      network: changed('10.0.2.12', configuration(plan.survivors.map(({ id }) => ({ id, address: '10.9.9.9:6868' })))),
    },
    { 'same-configuration': 'pending' },
  ],
  [
    'a follower lies far behind',
    { looks: looksWith('i-00000002', { log: logAt(3, 104) }) },
    { 'index-caught-up': 'pending' },
  ],
  [
    'all logs are shorter than the newest before',
    { looks: looksOf(planned, { log: logAt(3, 50) }) },
    { 'index-caught-up': 'pending' },
  ],
  [
    'one log was not read',
    { looks: looksWith('i-00000002', { log: null as LogFacts | null }) },
    { 'index-caught-up': 'pending' },
  ],
  [
    'gossip holds an excluded server alive',
    {
      looks: looksWith('i-00000001', {
        members: [{ name: 'dkron-5', address: '10.0.5.15', status: 'alive', server: true }],
      }),
    },
    { 'no-excluded-alive': 'failed' },
  ],
  [
    'an agent node and a failed server are no harm',
    {
      looks: looksWith('i-00000001', {
        members: [
          { name: 'worker', address: '10.0.9.9', status: 'alive', server: false },
          { name: 'dkron-5', address: '10.0.5.15', status: 'failed', server: true },
        ],
      }),
    },
    {},
  ],
  ['the canary failed', { looks: looksWith('i-00000001', { canary: 'failed' }) }, { canary: 'failed' }],
  ['the canary was not tried', { looks: looksOf(planned, { canary: 'not-asked' }) }, { canary: 'pending' }],
  ['a job is missing on one survivor', { looks: looksWith('i-00000002', { jobs: 19 }) }, { jobs: 'pending' }],
  [
    'every log ends a little before the newest one of before',
    { looks: looksOf(planned, { log: logAt(3, 101) }) },
    { 'index-caught-up': 'pending' },
  ],
  [
    'jobs were counted neither before nor after',
    { jobsBefore: null, looks: looksOf(planned, { jobs: null }) },
    { jobs: 'pending' },
  ],
  ['nobody counted the jobs before', { jobsBefore: null }, { jobs: 'pending' }],
  ['the leader is too young', { now: '2026-03-01T04:13:14.000Z' }, { held: 'pending' }],
  [
    'time passed but nobody looked again',
    { network: { ...network, at: '2026-03-01T04:12:10.000Z' } },
    { held: 'pending' },
  ],
  ['no leader was ever seen', { leaderAt: null }, { held: 'pending' }],
  ['nobody looked on the hosts', { looks: [] }, { 'index-caught-up': 'pending', canary: 'pending', jobs: 'pending' }],
] as const)('%s', (_, rest, expected) => {
  const passed = Object.fromEntries(rungsOf(input).map(({ id }) => [id, 'passed']));
  const seen = states(rest);
  expect(seen).toEqual({ ...passed, ...expected });
});

test('an excluded server that answers on the network fails its rung', () => {
  const back = {
    ...network,
    reports: [
      ...network.reports,
      {
        ...(network.reports[0] as NetworkView['reports'][number]),
        address: '10.0.5.15',
        isLeader: { outcome: 'timed-out' as const, detail: '' },
      },
    ],
  };
  expect(states({ network: back })).toMatchObject({ 'no-excluded-alive': 'failed' });
});

test('the latest look of a host counts', () => {
  const stale = looksOf(planned, { jobs: 3, log: logAt(2, 10) });
  expect(states({ looks: [...stale, ...input.looks] })).toMatchObject({ jobs: 'passed', 'index-caught-up': 'passed' });
});

describe('await leader', () => {
  const releases = releasesOf(planned);
  test('a confirmed leader among the survivors is one', () => {
    expect(awaitLeader({ plan, network, releases })).toEqual({ kind: 'leader', id: 'dkron-1' });
  });
  test('nobody, a claim alone and a foreign leader are not', () => {
    expect(awaitLeader({ plan, network: quiet(planned), releases })).toMatchObject({ kind: 'not-yet' });
    const alone = changed('10.0.1.11', { isLeader: { outcome: 'answered', leads: false, status: 404 } });
    expect(awaitLeader({ plan, network: alone, releases })).toMatchObject({ kind: 'not-yet' });
    const [first] = network.reports;
    if (!first || first.raft.outcome !== 'answered') throw new Error('no report');
    const raft = {
      ...first.raft,
      servers: [{ id: 'dkron-9', address: '10.0.9.9:6868', suffrage: 'voter' as const, leader: true }],
    };
    const foreign = {
      ...first,
      raft,
      leader: { outcome: 'answered' as const, leader: { id: 'dkron-9', rpcAddr: '10.0.9.9:6868' }, status: 200 },
    };
    expect(awaitLeader({ plan, network: { ...network, reports: [foreign] }, releases })).toEqual({
      kind: 'not-yet',
      says: 'dkron-9 leads, and it is no survivor',
    });
  });
  test('a refused release is named while nobody leads', () => {
    const refused = [{ outcome: 'refused' as const, hostId: 'i-00000001', code: 'Late', detail: 'too late' }];
    expect(awaitLeader({ plan, network: quiet(planned), releases: refused })).toMatchObject({
      says: 'i-00000001: Late, too late',
    });
  });
});
