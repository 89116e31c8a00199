import {
  checkBeforeRelease,
  guardRelease,
  lookAgain,
  type FleetView,
  type Instance,
  type NetworkView,
} from '../../lib/recovery';
import { TWO_OF_FIVE, fencesOf, holdsOf, led, logAt, planOf, quiet } from '../support/planned';
import { OPENED } from '../support/world';

const planned = planOf(TWO_OF_FIVE);
const { plan, briefing, cluster, survey } = planned;
const seen = {
  plan,
  cluster,
  inventory: survey.inventory,
  fleet: survey.fleet,
  network: survey.network,
  openedAt: OPENED,
};
const change = (id: string, rest: Partial<Instance>): FleetView => {
  const changed = survey.fleet.instances.map((one) => (one.instanceId === id ? { ...one, ...rest } : one));
  if (JSON.stringify(changed) === JSON.stringify(survey.fleet.instances)) throw new Error(`nothing changed on ${id}`);
  return { ...survey.fleet, instances: changed };
};
const stranger: Instance = {
  ...(survey.fleet.instances[0] as Instance),
  instanceId: 'i-0000000f',
  launchedAt: '2026-03-01T04:10:40.000Z',
  interfaces: [{ id: 'eni-9', addresses: ['10.0.9.9'], publicAddresses: [], groups: [] }],
};
const withStranger: FleetView = { ...survey.fleet, instances: [...survey.fleet.instances, stranger] };
const answering = (network: NetworkView, address: string): NetworkView => ({
  ...network,
  reports: network.reports.map((report) =>
    report.address === address
      ? { ...report, raft: { outcome: 'answered', service: 'types.Dkron', servers: [] } }
      : report,
  ),
});

describe('look again', () => {
  test('the same world is the same', () => {
    expect(lookAgain(seen)).toEqual({ kind: 'same' });
  });

  test.each([
    ['a leader came back', { network: led(planned) }, 'leads'],
    ['a stranger was launched', { fleet: withStranger }, 'launched after'],
    ['a survivor was stopped', { fleet: change('i-00000001', { state: 'stopped' }) }, 'dkron-1'],
    ['the agent of a survivor went away', { fleet: change('i-00000002', { agent: 'notconnected' }) }, 'dkron-2'],
    [
      'a survivor is gone',
      { fleet: { ...survey.fleet, instances: survey.fleet.instances.slice(1) } },
      'not there any more',
    ],
    ['a silent host answers again', { network: answering(survey.network, '10.0.5.15') }, 'dkron-5 answers again'],
    ['the agent of a silent host is back', { fleet: change('i-00000005', { agent: 'connected' }) }, 'connected again'],
    [
      'somebody stopped the silent host: it can be started',
      { fleet: change('i-00000005', { state: 'stopped' }) },
      'can be started',
    ],
    [
      'a gone host answers',
      { network: answering({ ...survey.network, reports: [...survey.network.reports] }, '10.0.3.13') },
      'dkron-3 answers',
    ],
    [
      'a volume of a gone host was attached somewhere',
      {
        fleet: {
          ...survey.fleet,
          remains: survey.fleet.remains.map((one) =>
            one.serverId === 'dkron-3'
              ? { ...one, volumes: [{ volumeId: 'vol-03', state: 'in-use' as const, attachedTo: 'i-0000000f' }] }
              : one,
          ),
        },
      },
      'dkron-3 is not proved gone',
    ],
    ['nothing is known of a gone host any more', { fleet: { ...survey.fleet, remains: [] } }, 'nothing proves'],
  ])('%s: drifted', (_, rest, says) => {
    const result = lookAgain({ ...seen, ...rest });
    expect(result.kind).toBe('drifted');
    expect(result.kind === 'drifted' && result.says).toContain(says);
  });
});

const held = { ...seen, network: quiet(planned), briefing, fences: fencesOf(planned), holds: holdsOf(planned) };
const only = (hostId: string, rest: object) =>
  held.holds.map((one) => (one.hostId === hostId ? { ...one, ...rest } : one));

describe('check', () => {
  test('everything as approved is ready and unchanged', () => {
    expect(checkBeforeRelease(held)).toEqual({ kind: 'ready', changed: false, says: [] });
  });

  test('a log that moved on in the same history is ready, and said', () => {
    const holds = only('i-00000001', { log: logAt(2, 105) });
    expect(checkBeforeRelease({ ...held, holds })).toMatchObject({
      kind: 'ready',
      changed: true,
      says: [expect.stringContaining('index 105')],
    });
  });

  test.each([
    ['one fence is missing', { fences: held.fences.slice(1) }, 'has no fence'],
    [
      'one fence is not proved',
      { fences: held.fences.map((one, at) => ({ ...one, proved: at !== 1 })) },
      'is not proved',
    ],
    ['a leader is there', { network: led(planned) }, 'leads'],
    ['a stranger is there', { fleet: withStranger }, 'launched after'],
    ['one host did not answer', { holds: held.holds.slice(1) }, 'was not held'],
    [
      'one host refused',
      { holds: only('i-00000001', { outcome: 'refused', code: 'LeaderPresent', detail: 'it leads' }) },
      'LeaderPresent',
    ],
    ['one hash differs', { holds: only('i-00000002', { peersSha256: 'f'.repeat(64) }) }, 'reads back as'],
    ['one hash was not read back', { holds: only('i-00000002', { peersSha256: null }) }, 'nothing'],
    ['one has no backup', { holds: only('i-00000001', { backup: null }) }, 'no backup'],
    ['Dkron still runs on one', { holds: only('i-00000001', { leftOver: [41] }) }, 'still runs'],
    ['a held server answers', { network: answering(quiet(planned), '10.0.1.11') }, 'answers all the same'],
    ['one final position is unknown', { holds: only('i-00000001', { log: null }) }, 'not known'],
    ['a log is shorter than approved', { holds: only('i-00000001', { log: logAt(2, 99) }) }, 'index 99'],
    ['an equal index has another term', { holds: only('i-00000001', { log: logAt(3, 100) }) }, 'term 3'],
    [
      'a longer log tells another history',
      {
        holds: only('i-00000001', {
          log: logAt(3, 130, {
            terms: [
              { term: 1, firstIndex: 1 },
              { term: 3, firstIndex: 50 },
            ],
          }),
        }),
      },
      'another history',
    ],
  ])('%s: blocked', (_, rest, says) => {
    const result = checkBeforeRelease({ ...held, ...rest });
    expect(result.kind).toBe('blocked');
    expect(result.says.join('\n')).toContain(says);
  });

  test('one that refused the hold answers, and is not said to be held', () => {
    const holds = only('i-00000001', { outcome: 'refused', code: 'LeaderPresent', detail: 'it names dkron-2' });
    const { says } = checkBeforeRelease({ ...held, network: answering(quiet(planned), '10.0.1.11'), holds });
    expect(says).toContainEqual('dkron-1 was not held: LeaderPresent, it names dkron-2');
    expect(says.join('\n')).not.toContain('is held');
  });

  test('every reason is told, not only the first', () => {
    const result = checkBeforeRelease({ ...held, fences: [], holds: [] });
    expect(result.says.length).toBeGreaterThanOrEqual(plan.excluded.length + plan.survivors.length);
  });
});

describe('guard of release', () => {
  const guard = { ...seen, network: quiet(planned), fences: held.fences };
  test('is clear when nothing changed', () => {
    expect(guardRelease(guard)).toEqual({ kind: 'clear' });
  });
  test.each([
    ['a stranger appeared', { fleet: withStranger }],
    ['a leader appeared', { network: led(planned) }],
    ['a fence fell', { fences: held.fences.map((one) => ({ ...one, proved: false })) }],
    ['a fence is missing', { fences: [] }],
    ['a survivor runs before its time', { network: answering(quiet(planned), '10.0.2.12') }],
  ])('is blocked when %s', (_, rest) => {
    expect(guardRelease({ ...guard, ...rest }).kind).toBe('blocked');
  });
});
