import { hostPort } from '../../lib/recovery/targets';
import type { Placed, World } from './world';

/*
 * The three views of one server, and what is left of it: plain objects, parsed by the schema of Survey afterwards.
 */

const SEEN_AT = '2026-03-01T04:10:20.000Z';
const LAUNCHED = '2026-01-01T00:00:00.000Z';

const split = (position: string): { term: number; index: number } => {
  const [term, index] = position.split('/').map(Number);
  return { term: term ?? 0, index: index ?? 0 };
};

const STATES = {
  up: 'running',
  impaired: 'running',
  closed: 'running',
  broken: 'running',
  stopped: 'stopped',
  terminated: 'terminated',
  absent: 'terminated',
} as const;

export const instanceOf = (server: Placed) =>
  server.host === 'absent' || server.host === 'terminated'
    ? []
    : [
        {
          instanceId: server.instanceId,
          name: server.id,
          state: STATES[server.host],
          launchedAt: LAUNCHED,
          vpcId: server.vpc,
          interfaces: [
            {
              id: server.interfaceId,
              addresses: server.addresses ?? [server.address],
              publicAddresses: server.publicAddress ? [server.publicAddress] : [],
              groups: server.groups,
            },
          ],
          volumes: (server.attached ?? [server.volumeId]).map((volumeId) => ({
            volumeId,
            device: '/dev/sda1',
            deleteOnTermination: true,
          })),
          rootDevice: server.rootDevice,
          instanceStore: server.instanceStore,
          spot: server.spot,
          stopProtected: server.stopProtected,
          autoScalingGroup: server.group,
          agent: server.host === 'up' || server.host === 'broken' ? 'connected' : 'notconnected',
          overrides: server.overrides,
        },
      ];

export const remainsOf = (server: Placed) => {
  const [state, attachedTo] = server.volume.split(' ');
  const isThere = server.host !== 'terminated' && server.host !== 'absent';
  return {
    serverId: server.id,
    instanceId: server.instanceId,
    instance: server.host === 'absent' ? 'absent' : STATES[server.host],
    volumes: [
      {
        volumeId: server.volumeId,
        state: isThere ? 'in-use' : state,
        attachedTo: isThere ? server.instanceId : (attachedTo ?? null),
      },
    ],
    addressHeldBy: isThere
      ? { interfaceId: server.interfaceId, instanceId: server.instanceId }
      : server.addressHeldBy === null
        ? null
        : { interfaceId: 'eni-0other', instanceId: server.addressHeldBy },
  };
};

export const inventoryOf = (members: readonly Placed[]) => ({
  cluster: 'demo',
  at: '2026-03-01T04:05:00.000Z',
  servers: members.map(({ id, raft, instanceId, volumeId, interfaceId }) => ({
    id,
    address: raft,
    instanceId,
    volumeIds: [volumeId],
    interfaceIds: [interfaceId],
    launchedAt: LAUNCHED,
  })),
});

const raftServers = (ids: readonly string[], members: readonly Placed[]) =>
  ids.map((id) => {
    const member = members.find((one) => one.id === id);
    return { id, address: member?.raft ?? '10.9.9.9:6868', suffrage: member?.suffrage ?? 'voter' };
  });

const answers = (server: Placed): boolean => server.answers ?? (server.host === 'up' || server.host === 'closed');

const leaderProbe = (named: string | undefined, hasAddress: boolean) => ({
  outcome: 'answered',
  status: named === undefined ? 500 : 200,
  leader: named === undefined ? null : { id: named, rpcAddr: hasAddress ? '10.0.0.1:6868' : null },
});

const silent = (address: string) => {
  const nothing = { outcome: 'timed-out', detail: '' };
  return { address, raft: nothing, leader: nothing, isLeader: nothing, members: nothing };
};

const reportOf = (server: Placed, members: readonly Placed[], world: World) => {
  const address = server.addresses?.[0] ?? server.address;
  if (!answers(server)) return silent(address);
  const named = server.names ?? server.namesWithoutAddress;
  const told = server.told ?? members.map(({ id }) => id);
  const flagged = server.leads ? server.id : server.names;
  return {
    address,
    raft: {
      outcome: 'answered',
      service: 'types.Dkron',
      servers: raftServers(told, members).map((one) => ({ ...one, leader: one.id === flagged })),
    },
    leader: leaderProbe(server.leads ? (named ?? server.id) : named, server.leads || server.names !== undefined),
    isLeader: { outcome: 'answered', leads: server.leads, status: server.leads ? 200 : 404 },
    members: {
      outcome: 'answered',
      members: world.gossip
        .filter(({ by }) => by === server.id)
        .map(({ name, at, status, server: isServer }) => ({
          name,
          address: at,
          status,
          server: isServer,
          rpcAddr: isServer ? `${at}:6868` : null,
        })),
    },
  };
};

export const networkOf = (placed: readonly Placed[], members: readonly Placed[], world: World) => ({
  at: SEEN_AT,
  reports: [
    ...placed.filter(({ host }) => host !== 'absent').map((server) => reportOf(server, members, world)),
    ...world.strangers
      .filter(({ by }) => by === 'answers')
      .map(({ name, address }) => ({
        ...silent(address),
        raft: {
          outcome: 'answered',
          service: 'types.Dkron',
          servers: [{ id: name, address: `${address}:6868`, suffrage: 'voter', leader: false }],
        },
      })),
  ],
});

const logOf = (server: Placed, members: readonly Placed[]) => {
  if (server.log === null) return null;
  const { term, index } = split(server.log);
  const snapshot = server.snapshot ? split(server.snapshot) : null;
  const begun = server.terms ?? { 1: 1, [term]: Math.min(40, index) };
  const terms = Object.entries(begun)
    .map(([at, firstIndex]) => ({ term: Number(at), firstIndex }))
    .filter(({ term: one }) => one <= term)
    .sort((a, b) => a.firstIndex - b.firstIndex);
  return {
    lastTerm: term,
    lastIndex: index,
    firstIndex: 1,
    entries: index,
    terms,
    snapshot,
    configuration: raftServers(server.configuration ?? members.map(({ id }) => id), members),
    configurationIndex: server.configurationIndex,
    currentTerm: term + 7,
    jobs: server.jobs,
  };
};

export const factsOf = (server: Placed, members: readonly Placed[]): object[] => {
  const { instanceId } = server;
  if (server.host === 'broken')
    return [{ outcome: 'failed', instanceId, code: 'PythonMissing', detail: 'python3 is not installed' }];
  if (server.host === 'impaired' || server.host === 'closed')
    return [{ outcome: 'silent', instanceId, code: 'AgentOffline', detail: 'no agent is connected' }];
  if (server.host !== 'up') return [];
  const log = server.data === 'missing' ? null : logOf(server, members);
  const facts = {
    hostId: instanceId,
    hostname: server.id,
    clock: new Date(Date.parse(SEEN_AT) + server.skew * 1000).toISOString(),
    addresses: server.addresses ?? [server.address],
    manager: {
      kind: server.manager,
      socket: server.socket,
      unit: server.unit,
      state: server.running ? 'running' : 'stopped',
    },
    pids: server.running ? [100] : [],
    dataDir: {
      path: '/var/lib/dkron',
      evidence: 'process',
      exists: true,
      raft: server.data,
      heldBy: server.data === 'file' ? 'case-of-yesterday' : null,
      owner: '0:0 0600',
    },
    nodeName: { value: server.nodeName ?? server.id, evidence: 'config' },
    version: server.version,
    bindAddress: server.addresses?.[0] ?? server.address,
    ports: { rpc: server.rpcPort, http: 8080, serf: 8946 },
    httpAddress: hostPort(server.addresses?.[0] ?? server.address, 8080),
    joins: { list: server.joins, source: server.joins.length > 0 ? 'config' : 'none' },
    freeBytes: server.freeBytes,
    dataBytes: 1_000_000,
    runningJobs: server.runningJobs,
    peersJsonPresent: server.peersJson,
    leaseCounter: 0,
    log,
    logProblem: log ? null : 'LogUnreadable: no valid meta page',
    leader: leaderProbe(server.hostNames, true),
  };
  return [{ outcome: 'inspected', instanceId, facts, receivedAt: SEEN_AT }];
};
