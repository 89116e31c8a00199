import {
  checkBeforeRelease,
  guardRelease,
  lookAgain,
  rungsOf,
  type FleetView,
  type Instance,
  type NetworkView,
} from '../../lib/recovery';
import { holdOrders, releaseOrders, undoOrders } from '../../lib/recovery/orders';
import type { HoldResult } from '../../lib/recovery/order';
import { expectedIds } from '../../lib/recovery/expected';
import { planOf } from '../support/planned';
import { OPENED } from '../support/world';

/* dkron-1 leads alone; dkron-2 is held on its host and is let back in; dkron-3 is stopped and stays out. */
const READMITTED = {
  servers: {
    'dkron-1': { leads: true },
    'dkron-2': { running: false, answers: false, data: 'file' as const },
    'dkron-3': { host: 'stopped' as const, groups: ['sg-0fence'] },
  },
  members: ['dkron-1'],
  size: 3,
  out: { 'dkron-2': 'hold' as const, 'dkron-3': 'quarantine-stop' as const },
  intent: { kind: 'readmit' as const, server: 'dkron-2' },
};
const planned = planOf(READMITTED);
const { plan, briefing, cluster, survey } = planned;
const seen = {
  plan,
  cluster,
  inventory: survey.inventory,
  fleet: survey.fleet,
  network: survey.network,
  openedAt: OPENED,
};

const change = (id: string, rest: Partial<Instance>): FleetView => ({
  ...survey.fleet,
  instances: survey.fleet.instances.map((one) => (one.instanceId === id ? { ...one, ...rest } : one)),
});
const held = (rest: Partial<Extract<HoldResult, { outcome: 'held' | 'already-held' }>> = {}): HoldResult => ({
  outcome: 'held',
  hostId: 'i-00000002',
  backup: null,
  peersSha256: null,
  log: null,
  stopped: [],
  leftOver: [],
  wasRunning: false,
  ...rest,
});
const checkWith = (...holds: HoldResult[]) => checkBeforeRelease({ ...seen, briefing, fences: [], holds });

test('the plan ends in a configuration of the leader and who comes back', () => {
  expect(expectedIds(plan)).toEqual(['dkron-1', 'dkron-2']);
  expect(plan.keptOut.map(({ serverId }) => serverId)).toEqual(['dkron-3']);
});

describe('look again', () => {
  test('goes on beside the leader', () => {
    expect(lookAgain(seen)).toEqual({ kind: 'same' });
  });

  test.each([
    [
      'somebody started the one that stays out',
      change('i-00000003', { state: 'running' }),
      'the fence of dkron-3 does not stand',
    ],
    [
      'the volume of the one that stays out was put into another host',
      change('i-00000001', { volumes: [{ volumeId: 'vol-03', device: '/dev/sdg', deleteOnTermination: false }] }),
      'the fence of dkron-3 does not stand: its volume vol-03 is on i-00000001',
    ],
    ['the host that is to come back was stopped', change('i-00000002', { state: 'stopped' }), 'dkron-2'],
  ])('%s: drifted', (_, fleet, says) => {
    const looked = lookAgain({ ...seen, fleet });
    expect(looked.kind === 'drifted' && looked.says).toContain(says);
  });

  test('the one that stays out is heard of in the gossip, and is a voter within a minute (E9): drifted', () => {
    const member = { name: 'dkron-3', address: '10.0.3.13', status: 'alive' as const, server: true, rpcAddr: null };
    const reports = survey.network.reports.map((report) =>
      report.address === '10.0.1.11'
        ? { ...report, members: { outcome: 'answered' as const, members: [member] } }
        : report,
    );
    const looked = lookAgain({ ...seen, network: { ...survey.network, reports } });
    expect(looked.kind === 'drifted' && looked.says).toContain('alive in the gossip of 10.0.1.11');
  });

  test('without the leader: drifted', () => {
    const reports = survey.network.reports.filter(({ address }) => address !== '10.0.1.11');
    const network = { ...survey.network, reports };
    expect(lookAgain({ ...seen, network }).kind).toBe('drifted');
  });
});

describe('check', () => {
  test('needs no backup where nothing is overwritten', () => {
    expect(checkWith(held())).toEqual({ kind: 'ready', changed: false, says: [] });
  });

  test.each<[string, HoldResult[], string]>([
    ['no answer', [], 'no answer of i-00000002'],
    [
      'a refusal',
      [{ outcome: 'refused', hostId: 'i-00000002', code: 'LeaderPresent', detail: 'here' }],
      'LeaderPresent',
    ],
    ['a process that is left', [held({ leftOver: [4711] })], '4711'],
  ])('is blocked by %s', (_, holds, says) => {
    const checked = checkWith(...holds);
    expect(checked.kind).toBe('blocked');
    expect(checked.says.join()).toContain(says);
  });
});

test('the guard of release looks at who stays out once more', () => {
  expect(guardRelease({ ...seen, fences: [] })).toEqual({ kind: 'clear' });
  const fleet = change('i-00000003', { state: 'pending' });
  expect(guardRelease({ ...seen, fleet, fences: [] })).toMatchObject({ kind: 'blocked' });
});

describe('orders', () => {
  const context = { caseId: 'case-1', counter: 7, skew: {}, now: OPENED };

  test('hold what lies under the hold of the case that took it out, release it empty', () => {
    const hold = holdOrders(plan, context).hosts;
    expect(hold).toMatchObject({ 'i-00000002': { role: 'clean', heldBy: 'case-of-yesterday', peersJson: null } });
    expect(Object.keys(hold)).toEqual(['i-00000002']);
    const release = releaseOrders(plan, context).hosts;
    expect(Object.keys(release)).toEqual(['i-00000002']);
    expect(release).toMatchObject({
      'i-00000002': { clean: true, joinOverride: ['10.0.1.11:8946', '10.0.2.12:8946'], peersSha256: null },
    });
  });

  test('undo reaches it as well, and starts nothing that did not run', () => {
    expect(undoOrders(plan, { ...context, holds: [held()] }).hosts).toMatchObject({
      'i-00000002': { wasRunning: false },
    });
  });
});

const rungsWith = (network: NetworkView) => {
  const rungs = rungsOf({
    plan,
    briefing,
    network,
    looks: [],
    releases: [],
    leaderAt: OPENED,
    now: OPENED,
    policy: cluster.policy,
    jobsBefore: 20,
  });
  return Object.fromEntries(rungs.map(({ id, state }) => [id, state]));
};

test('the proof waits for it to be a voter: pending, not failed', () => {
  const states = rungsWith(survey.network);
  expect(states).toMatchObject({ 'same-configuration': 'pending', 'index-caught-up': 'pending', jobs: 'pending' });
  expect(states['file-consumed']).toBeUndefined();
});

test('the proof fails as soon as the one that stays out answers', () => {
  const { raft } = survey.network.reports.find(({ address }) => address === '10.0.1.11') ?? {};
  const reports = survey.network.reports.map((report) =>
    report.address === '10.0.3.13' && raft ? { ...report, raft } : report,
  );
  expect(rungsWith({ ...survey.network, reports })).toMatchObject({ 'no-excluded-alive': 'failed' });
});
