import { fenceProof, goneProof, holdProofs, type Excluded, type FenceSeen } from '../../lib/recovery';
import { holdsOf, planOf } from '../support/planned';
import { NOW } from '../support/world';

const planned = planOf();
const { fleet } = planned.survey;
const excluded = (id: string): Excluded => {
  const found = planned.plan.excluded.find((one) => one.id === id);
  if (!found) throw new Error(`${id} is not excluded`);
  return found;
};
const nothing: FenceSeen = {
  instance: null,
  remains: null,
  record: null,
  holdResult: null,
  quarantineGroupId: 'sg-0fence',
  now: NOW,
};

describe('gone', () => {
  const remains = fleet.remains.find(({ serverId }) => serverId === 'dkron-2') ?? null;
  if (!remains) throw new Error('no remains');
  const proof = (rest: Partial<typeof remains>) =>
    fenceProof(excluded('dkron-2'), { ...nothing, remains: { ...remains, ...rest } });

  test('is proved by instance, volumes and address together', () => {
    expect(proof({})).toMatchObject({ serverId: 'dkron-2', kind: 'gone', proved: true, at: NOW });
    expect(proof({ instance: 'absent' }).proved).toBe(true);
  });
  test('needs every volume that the inventory knows to be looked at', () => {
    expect(goneProof(remains, ['vol-02']).isGone).toBe(true);
    expect(goneProof(remains, ['vol-02', 'vol-data'])).toMatchObject({
      isGone: false,
      evidence: expect.stringContaining('vol-data not looked at') as string,
    });
  });
  test.each([
    ['nothing is known', null],
    ['the instance runs', { instance: 'running' as const }],
    ['the instance is only stopped', { instance: 'stopped' as const }],
    [
      'a volume is attached to another instance',
      { volumes: [{ volumeId: 'vol-02', state: 'in-use' as const, attachedTo: 'i-0000000f' }] },
    ],
    [
      'a volume is still being deleted',
      { volumes: [{ volumeId: 'vol-02', state: 'deleting' as const, attachedTo: null }] },
    ],
    ['somebody holds its address', { addressHeldBy: { interfaceId: 'eni-9', instanceId: null } }],
  ])('is not proved when %s', (_, rest) => {
    const seen = rest === null ? fenceProof(excluded('dkron-2'), nothing) : proof(rest);
    expect(seen.proved).toBe(false);
    expect(seen.evidence).not.toBe('');
  });
});

describe('quarantine and stop', () => {
  const [running] = fleet.instances.filter(({ instanceId }) => instanceId === excluded('dkron-3').instanceId);
  if (!running) throw new Error('no instance');
  const cut = { ...running, interfaces: running.interfaces.map((one) => ({ ...one, groups: ['sg-0fence'] })) };
  const record = {
    instanceId: running.instanceId,
    groupsBefore: { 'eni-03': ['sg-0dkron'] },
    stateBefore: 'running',
    quarantinedAt: NOW,
    stopAskedAt: NOW,
    startAskedAt: null,
    kept: false,
  };
  const proof = (seen: Partial<FenceSeen>) => fenceProof(excluded('dkron-3'), { ...nothing, record, ...seen }).proved;

  test('is proved when stopped and in the quarantine group alone', () => {
    expect(proof({ instance: { ...cut, state: 'stopped' } })).toBe(true);
  });
  test.each([
    ['in the group but running: tracked flows survive', { instance: cut }],
    ['in the group but still stopping', { instance: { ...cut, state: 'stopping' as const } }],
    ['stopped but in its old group', { instance: { ...running, state: 'stopped' as const } }],
    [
      'stopped and in both groups',
      {
        instance: {
          ...cut,
          state: 'stopped' as const,
          interfaces: [
            {
              id: 'eni-03',
              addresses: [],
              publicAddresses: [],
              groups: ['sg-0fence', 'sg-0dkron'],
            },
          ],
        },
      },
    ],
    ['without any interface seen', { instance: { ...cut, state: 'stopped' as const, interfaces: [] } }],
    ['without a quarantine group', { instance: { ...cut, state: 'stopped' as const }, quarantineGroupId: null }],
    ['without a record of the case', { instance: { ...cut, state: 'stopped' as const }, record: null }],
    ['not seen at all', {}],
  ])('is not proved: %s', (_, seen) => {
    expect(proof(seen)).toBe(false);
  });
});

describe('hold on the host', () => {
  const stale = planOf({
    servers: {
      'dkron-1': {},
      'dkron-2': { log: null, answers: false },
      'dkron-3': { host: 'terminated' },
      'dkron-4': { host: 'terminated' },
      'dkron-5': { host: 'terminated' },
    },
  });
  const [hold] = holdsOf(stale).map((one) => ({ ...one, hostId: 'i-00000002' }));
  if (!hold || hold.outcome === 'refused') throw new Error('no hold');

  test('is proved by the answer of its own host with nothing left running', () => {
    expect(holdProofs(stale.plan, [hold], NOW)).toMatchObject([{ serverId: 'dkron-2', kind: 'hold', proved: true }]);
  });
  test.each([
    ['nobody answered', []],
    ['another host answered', [{ ...hold, hostId: 'i-00000001' }]],
    ['something is left running', [{ ...hold, leftOver: [7] }]],
    ['the host refused', [{ outcome: 'refused' as const, hostId: 'i-00000002', code: 'LeaderPresent', detail: '' }]],
  ])('is not proved when %s', (_, holds) => {
    expect(holdProofs(stale.plan, holds, NOW)).toMatchObject([{ serverId: 'dkron-2', proved: false }]);
  });
});
