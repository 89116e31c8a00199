import type { LeaveResult, RemovePeerResult } from '../../lib/recovery/order';
import type { Plan } from '../../lib/recovery/plan';
import { removePeers } from '../../lib/recovery/remove-peers';
import type { NetworkReport, NetworkView } from '../../lib/recovery/survey';
import { RETIRED, TWO_REMOVED } from '../support/chapters';
import { NOW } from '../support/world';

/* Five voters of which dkron-4 and dkron-5 are gone, or three of which dkron-3 is retired; dkron-1 leads. */
const ALL = ['dkron-1', 'dkron-2', 'dkron-3', 'dkron-4', 'dkron-5'];
const LAST_LOOK = 32;

const reportOf = (n: number, listed: readonly string[], leader: string | null): NetworkReport => ({
  address: `10.0.${n}.1${n}`,
  raft: {
    outcome: 'answered',
    service: 'types.Dkron',
    servers: listed.map((id) => {
      const at = id.slice(-1);
      return { id, address: `10.0.${at}.1${at}:6868`, suffrage: 'voter', leader: id === leader };
    }),
  },
  leader: {
    outcome: 'answered',
    leader: leader === null ? null : { id: leader, rpcAddr: `10.0.${leader.slice(-1)}.1${leader.slice(-1)}:6868` },
    status: leader === null ? 500 : 200,
  },
  isLeader: { outcome: 'answered', leads: leader === `dkron-${n}`, status: leader === `dkron-${n}` ? 200 : 404 },
  members: { outcome: 'answered', members: [] },
});
/** The leader lists these; dkron-2, a follower, still lists everybody. */
const listing = (listed: readonly string[], leader: string | null = 'dkron-1'): NetworkView => ({
  at: NOW,
  reports: [reportOf(2, ALL, leader), reportOf(1, listed, leader)],
});
const LEFT: LeaveResult = { outcome: 'left', hostId: 'i-00000003', stopped: [100], leftOver: [], detail: '' };
const REMOVED: RemovePeerResult = {
  outcome: 'removed',
  hostId: 'i-00000001',
  removed: ['dkron-4', 'dkron-5'],
  left: ['dkron-1', 'dkron-2', 'dkron-3'],
  detail: '',
};
const refused = (code: string): RemovePeerResult => ({ outcome: 'refused', hostId: 'i-00000001', code, detail: 'no' });

const lookAt = (
  plan: Plan,
  network: NetworkView,
  attempt: number,
  answers: readonly (LeaveResult | RemovePeerResult)[] = [],
) => removePeers({ plan, network, attempt, answers });

describe('servers that cannot come back', () => {
  const { plan } = TWO_REMOVED;
  const look = (listed: readonly string[], attempt: number, answers: readonly RemovePeerResult[] = []) =>
    lookAt(plan, listing(listed), attempt, answers);

  test('are removed by id at the first look', () => {
    expect(look(ALL, 0)).toEqual({
      kind: 'remove',
      says: "dkron-4, dkron-5 is still in the leader's configuration",
    });
  });

  test('are gone when the leader lists them no more, whatever a follower still lists', () => {
    expect(look(ALL.slice(0, 3), 1, [REMOVED])).toEqual({
      kind: 'done',
      says: 'dkron-4, dkron-5 left the configuration',
    });
  });

  test('that were gone before anybody asked need nothing', () => {
    expect(look(ALL.slice(0, 3), 0).kind).toBe('done');
  });

  test('are waited for once they were removed, and given up in the end', () => {
    expect(look(ALL.slice(0, 4), 1, [REMOVED])).toEqual({
      kind: 'wait',
      says: "dkron-4 is still in the leader's configuration",
    });
    expect(look(ALL, LAST_LOOK - 1, [REMOVED]).kind).toBe('wait');
    expect(look(ALL, LAST_LOOK, [REMOVED]).kind).toBe('failed');
  });

  test('that a host refuses to remove end the case, with its words', () => {
    expect(look(ALL, 1, [refused('PeerAnswers')])).toMatchObject({
      kind: 'failed',
      says: expect.stringContaining('PeerAnswers: no') as string,
    });
  });

  test('are removed at the first look that finds a leader, where there was none before', () => {
    expect(lookAt(plan, listing(ALL, null), 0)).toEqual({
      kind: 'wait',
      says: 'nobody leads and tells its configuration',
    });
    expect(look(ALL, 3).kind).toBe('remove');
  });
});

describe('a server that leaves', () => {
  const { plan } = RETIRED;
  const three = ALL.slice(0, 3);
  const look = (attempt: number, answers: readonly (LeaveResult | RemovePeerResult)[] = [LEFT], listed = three) =>
    lookAt(plan, listing(listed), attempt, answers);

  test('is waited for: the leader drops it within a minute', () => {
    for (let attempt = 0; attempt < 20; attempt += 1) expect(look(attempt).kind).toBe('wait');
    expect(look(12, [LEFT], three.slice(0, 2))).toEqual({ kind: 'done', says: 'dkron-3 left the configuration' });
  });

  test('is removed by id, once, when the leader has not dropped it after that', () => {
    expect(look(20)).toEqual({
      kind: 'remove',
      says: "dkron-3 is still in the leader's configuration after its leave",
    });
    expect(look(21, [{ ...REMOVED, removed: ['dkron-3'] }]).kind).toBe('wait');
  });

  test('is removed by id also where nobody led at the look that was due', () => {
    expect(lookAt(plan, listing(three, null), 20, [LEFT]).kind).toBe('wait');
    expect(look(21).kind).toBe('remove');
  });

  test('whose leave was refused ends the case at once', () => {
    expect(look(0, [{ ...refused('NoLeaderHere'), hostId: 'i-00000003' }])).toMatchObject({ kind: 'failed' });
  });

  test('that had left already counts as one that left', () => {
    expect(look(0, [{ ...LEFT, outcome: 'already-left' }]).kind).toBe('wait');
  });

  test('may have led: its successor tells', () => {
    expect(lookAt(plan, listing(three, 'dkron-2'), 1, [LEFT])).toEqual({
      kind: 'wait',
      says: "dkron-3 is still in the leader's configuration",
    });
  });
});

test.each<[string, NetworkView]>([
  ['nobody leads', listing(ALL, null)],
  ['nobody answers', { at: NOW, reports: [] }],
  [
    'the leader does not tell its configuration',
    {
      at: NOW,
      reports: [{ ...reportOf(1, ALL, 'dkron-1'), raft: { outcome: 'timed-out', detail: '' } }],
    },
  ],
  [
    'two say that they lead',
    { at: NOW, reports: [reportOf(1, ['dkron-1'], 'dkron-1'), reportOf(2, ['dkron-2'], 'dkron-2')] },
  ],
])('where %s, nothing is taken for done, and it is given up in the end', (_, network) => {
  for (const { plan } of [TWO_REMOVED, RETIRED]) {
    expect(lookAt(plan, network, 1, [LEFT]).kind).toBe('wait');
    expect(lookAt(plan, network, LAST_LOOK, [LEFT]).kind).toBe('failed');
  }
});
