import { hostOf, hostPort, portOf, probeTargets, takeInventory } from '../../lib/recovery';
import { NOW, surveyOf } from '../support/world';

const HEALTHY = {
  servers: { 'dkron-1': { leads: true }, 'dkron-2': { names: 'dkron-1' }, 'dkron-3': { names: 'dkron-1' } },
};

test('host and port of an address come apart and together, IPv6 as well', () => {
  expect([hostOf('10.0.0.1:6868'), portOf('10.0.0.1:6868'), hostPort('10.0.0.1', 6868)]).toEqual([
    '10.0.0.1',
    6868,
    '10.0.0.1:6868',
  ]);
  expect([hostOf('[fd00::1]:6868'), portOf('[fd00::1]:6868'), hostPort('fd00::1', 6868)]).toEqual([
    'fd00::1',
    6868,
    '[fd00::1]:6868',
  ]);
});

describe('where the prober asks', () => {
  test('at every address of the inventory and of every instance that is not terminated, each once', () => {
    const { survey, cluster } = surveyOf({
      servers: { 'dkron-1': {}, 'dkron-2': { host: 'terminated' }, 'dkron-3': { host: 'stopped' } },
      strangers: [{ by: 'launched', name: 'dkron-9', address: '10.0.9.9' }],
    });
    const targets = probeTargets(survey.fleet, survey.inventory, cluster);
    expect(targets.map(({ address }) => address)).toEqual(['10.0.1.11', '10.0.2.12', '10.0.3.13', '10.0.9.9']);
    expect(new Set(targets.map(({ rpc, http }) => `${rpc} ${http}`))).toEqual(new Set(['6868 8080']));
  });

  test('at the port as found in the inventory', () => {
    const { survey, cluster } = surveyOf({ servers: { 'dkron-1': { raftAddress: '10.0.1.11:7000' } } });
    expect(probeTargets(survey.fleet, survey.inventory, cluster)).toEqual([
      { address: '10.0.1.11', rpc: 7000, http: 8080 },
    ]);
  });

  test('a crowd of instances cannot push a known server out of sight', () => {
    const { survey, cluster } = surveyOf(HEALTHY);
    const [some] = survey.fleet.instances;
    if (!some) throw new Error('no instance');
    const crowd = Array.from({ length: 60 }, (_, n) => ({
      ...some,
      interfaces: [{ id: `eni-${n}`, addresses: [`10.0.0.${n}`], publicAddresses: [], groups: [] }],
    }));
    const targets = probeTargets({ ...survey.fleet, instances: crowd }, survey.inventory, cluster);
    expect(targets).toHaveLength(32);
    expect(targets.slice(0, 3).map(({ address }) => address)).toEqual(['10.0.1.11', '10.0.2.12', '10.0.3.13']);
  });
});

describe('the inventory', () => {
  const take = (world: Parameters<typeof surveyOf>[0]) => {
    const { survey, cluster } = surveyOf(world);
    return takeInventory({ cluster, fleet: survey.fleet, network: survey.network, now: NOW });
  };

  test('of a healthy cluster ties each Raft id to instance, volumes and interfaces', () => {
    const inventory = take(HEALTHY);
    expect(inventory).toMatchObject({ cluster: 'demo', at: NOW });
    expect(inventory?.servers[1]).toMatchObject({
      id: 'dkron-2',
      address: '10.0.2.12:6868',
      instanceId: 'i-00000002',
      volumeIds: ['vol-02'],
      interfaceIds: ['eni-02'],
    });
    expect(inventory?.servers).toHaveLength(3);
  });

  test.each([
    ['nobody leads', { servers: { 'dkron-1': {}, 'dkron-2': {}, 'dkron-3': {} } }],
    ['one server is silent', { servers: { ...HEALTHY.servers, 'dkron-3': { host: 'impaired' as const } } }],
    ['one instance is gone', { servers: { ...HEALTHY.servers, 'dkron-3': { host: 'terminated' as const } } }],
    [
      'servers know different memberships',
      { servers: { ...HEALTHY.servers, 'dkron-3': { names: 'dkron-1', told: ['dkron-3'] } } },
    ],
  ])('is not taken when %s: what was known in good times stays', (_, world) => {
    expect(take(world)).toBeNull();
  });
});
