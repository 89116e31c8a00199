import { Peers, peersOf } from '../../lib/recovery/peers';
import type { NetworkReport, NetworkView } from '../../lib/recovery/survey';
import { NOW } from '../support/world';

type Listed = Extract<NetworkReport['raft'], { outcome: 'answered' }>['servers'];

const addressOf = (id: string): string => `10.0.0.${id.slice(-1)}`;
const server = (id: string, rest: Partial<Listed[number]> = {}): Listed[number] => ({
  id,
  address: `${addressOf(id)}:6868`,
  suffrage: 'voter',
  leader: false,
  ...rest,
});
const ONE = 'dkron-1';
const ALL = ['dkron-1', 'dkron-2', 'dkron-3'];
const servers = (...ids: readonly string[]): Listed => ids.map((id) => server(id));

interface Says {
  readonly lists?: Listed;
  readonly names?: string | null;
  readonly leads?: boolean;
}
/** A server that answers: all three, and dkron-1 leads, unless it says otherwise. */
const by = (id: string, { lists = servers(...ALL), names = ONE, leads = id === names }: Says = {}): NetworkReport => ({
  address: addressOf(id),
  raft: {
    outcome: 'answered',
    service: 'types.Dkron',
    servers: lists.map((one) => ({ ...one, leader: one.id === names })),
  },
  leader: {
    outcome: 'answered',
    leader: names === null ? null : { id: names, rpcAddr: `${addressOf(names)}:6868` },
    status: names === null ? 500 : 200,
  },
  isLeader: { outcome: 'answered', leads, status: leads ? 200 : 404 },
  members: { outcome: 'answered', members: [] },
});
const silent = (id: string, outcome: 'refused' | 'timed-out' | 'absent' | 'failed' = 'timed-out'): NetworkReport => {
  const nothing = { outcome, detail: '' };
  return { address: addressOf(id), raft: nothing, leader: nothing, isLeader: nothing, members: nothing };
};
const seen = (...reports: NetworkReport[]): Peers => {
  const network: NetworkView = { at: NOW, reports };
  return Peers.parse(peersOf(network));
};
const rows = ({ peers }: Peers) => peers.map(({ id, state, answers }) => `${id} ${state} ${answers}`);
const about = ({ problems }: Peers, word: string) => problems.filter((says) => says.includes(word));

test('servers that agree are told once each, by id, with no problem', () => {
  const told = seen(by('dkron-3'), by('dkron-1'), by('dkron-2'));
  expect(told).toMatchObject({ at: NOW, problems: [] });
  expect(rows(told)).toEqual(['dkron-1 leader yes', 'dkron-2 follower yes', 'dkron-3 follower yes']);
  expect(told.peers.map(({ address, voter }) => [address, voter])).toEqual([
    ['10.0.0.1:6868', true],
    ['10.0.0.2:6868', true],
    ['10.0.0.3:6868', true],
  ]);
});

test('a server without a vote is told as such', () => {
  const lists = [server('dkron-1'), server('dkron-2', { suffrage: 'nonvoter' })];
  expect(seen(by('dkron-1', { lists }), by('dkron-2', { lists })).peers.map(({ voter }) => voter)).toEqual([
    true,
    false,
  ]);
});

test.each(['refused', 'timed-out', 'absent', 'failed'] as const)(
  'a listed server whose answer is %s is told so, and is nobody’s follower',
  (outcome) => {
    const told = seen(by('dkron-1'), by('dkron-2'), silent('dkron-3', outcome));
    expect(rows(told)).toEqual(['dkron-1 leader yes', 'dkron-2 follower yes', `dkron-3 unknown ${outcome}`]);
    expect(told.problems).toHaveLength(1);
    expect(told.problems[0]).toMatch(/^dkron-3 does not answer/);
  },
);

test('a listed server at an address that nobody asked is told so', () => {
  const lists = [...servers('dkron-1', 'dkron-2'), server('dkron-3', { address: '[fd00::3]:6868' })];
  const told = seen(by('dkron-1', { lists }), by('dkron-2', { lists }), by('dkron-3', { lists }));
  expect(rows(told).at(-1)).toBe('dkron-3 unknown not-asked');
});

test('an IPv6 address is found in spite of its brackets', () => {
  const lists = [server('dkron-1', { address: '[fd00::1]:6868' })];
  expect(rows(seen({ ...by('dkron-1', { lists }), address: 'fd00::1' }))).toEqual(['dkron-1 leader yes']);
});

describe('without one leader that all confirm nobody is called leader', () => {
  test('when nobody leads', () => {
    const told = seen(...ALL.map((id) => by(id, { names: null })));
    expect(rows(told)).toEqual(['dkron-1 unknown yes', 'dkron-2 unknown yes', 'dkron-3 unknown yes']);
    expect(told.problems).toEqual(['nobody leads']);
  });

  test('when the one who is named does not confirm it', () => {
    const told = seen(by('dkron-1', { leads: false }), by('dkron-2'), by('dkron-3'));
    expect(rows(told)[0]).toBe('dkron-1 unknown yes');
    expect(about(told, 'dkron-1')).toHaveLength(1);
  });

  test('when two lead', () => {
    const told = seen(by('dkron-1'), by('dkron-2', { names: 'dkron-2' }));
    expect(told.peers.filter(({ state }) => state === 'leader')).toEqual([]);
    expect(about(told, '10.0.0.1').join()).toContain('10.0.0.2');
  });
});

describe('servers that differ', () => {
  test('in who belongs are told with what each of them lists', () => {
    const told = seen(by('dkron-1', { lists: servers('dkron-1') }), by('dkron-2'), by('dkron-3'));
    expect(rows(told)).toHaveLength(3);
    expect(told.problems).toHaveLength(2);
    expect(about(told, '10.0.0.1')).toHaveLength(1);
    expect(about(told, '10.0.0.1').join()).not.toContain('dkron-2');
    const [others = ''] = about(told, '10.0.0.2');
    for (const word of ['10.0.0.3', ...ALL]) expect(others).toContain(word);
  });

  test('in the address of one list it twice, and that is said', () => {
    const moved = [...servers('dkron-1', 'dkron-2'), server('dkron-3', { address: '10.0.0.9:6868' })];
    const told = seen(by('dkron-1', { lists: moved }), by('dkron-2'), by('dkron-3'));
    expect(told.peers.filter(({ id }) => id === 'dkron-3').map(({ address }) => address)).toEqual([
      '10.0.0.3:6868',
      '10.0.0.9:6868',
    ]);
    expect(about(told, '10.0.0.1').join()).toContain('10.0.0.9');
    expect(about(told, '10.0.0.2').join()).toContain('10.0.0.3');
  });

  test('in the vote of one are not averaged', () => {
    const lists = [...servers('dkron-1', 'dkron-2'), server('dkron-3', { suffrage: 'nonvoter' })];
    const told = seen(by('dkron-1', { lists }), by('dkron-2'), by('dkron-3'));
    expect(about(told, '10.0.0.1')).toHaveLength(1);
    expect(about(told, '10.0.0.2')).toHaveLength(1);
  });

  test('only in the order of their lists agree', () => {
    const told = seen(by('dkron-1', { lists: servers('dkron-3', 'dkron-1', 'dkron-2') }), by('dkron-2'), by('dkron-3'));
    expect(told.problems).toEqual([]);
  });
});

test('where no server answers it is said what to do, and no list is made up', () => {
  for (const told of [seen(), seen(silent('dkron-1'), silent('dkron-2'))]) {
    expect(told.peers).toEqual([]);
    expect(told.problems.join()).toMatch(/no server answers: open ports/);
  }
});
