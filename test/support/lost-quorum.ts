import { Cluster } from '../../lib/recovery/cluster';
import type { HoldResult, ReleaseResult, VerifyResult } from '../../lib/recovery/order';
import type {
  FleetView,
  HostFacts,
  HostReport,
  Instance,
  Inventory,
  LogFacts,
  NetworkReport,
  NetworkView,
} from '../../lib/recovery/survey';

/*
 * One outage, in full: demo had three servers; dkron-2 was terminated with its disk, dkron-3 runs and is silent, and
 * dkron-1 is left with all the data.
 */
export const OPENED_AT = '2026-11-25T05:00:00.000Z';
const VPC = 'vpc-0a0a0a0a';
export const QUARANTINE = { [VPC]: 'sg-0quarantine' };

export const cluster = (policy: Partial<Cluster['policy']> = {}): Cluster =>
  Cluster.parse({ name: 'demo', selector: { 'dkron-cluster': 'demo' }, size: 3, policy });

const numbers = [1, 2, 3] as const;
type N = (typeof numbers)[number];
const instanceIdOf = (n: N): string => `i-0000000${n}`;
const addressOf = (n: N): string => `10.0.0.${n}`;
const members = numbers.map((n) => ({ id: `dkron-${n}`, address: `${addressOf(n)}:6868`, suffrage: 'voter' as const }));
const survivor = members.slice(0, 1);

export const inventory: Inventory = {
  cluster: 'demo',
  at: '2026-11-25T04:00:00.000Z',
  servers: numbers.map((n) => ({
    id: `dkron-${n}`,
    address: `${addressOf(n)}:6868`,
    instanceId: instanceIdOf(n),
    volumeIds: [`vol-${n}`],
    interfaceIds: [`eni-${n}`],
    launchedAt: '2026-01-01T00:00:00.000Z',
    autoScalingGroup: null,
  })),
};

const instance = (n: N, rest: Partial<Instance> = {}): Instance => ({
  instanceId: instanceIdOf(n),
  name: `dkron-${n}`,
  state: 'running',
  launchedAt: '2026-01-01T00:00:00.000Z',
  vpcId: VPC,
  interfaces: [{ id: `eni-${n}`, addresses: [addressOf(n)], publicAddresses: [], groups: ['sg-dkron'] }],
  volumes: [{ volumeId: `vol-${n}`, device: '/dev/xvda', deleteOnTermination: true }],
  rootDevice: 'ebs',
  instanceStore: false,
  spot: 'no',
  stopProtected: false,
  autoScalingGroup: null,
  agent: 'connected',
  overrides: { 'service-manager': 'supervisor', 'supervisor-socket': '/run/supervisor.sock', unit: 'dkron' },
  ...rest,
});

const remains = (n: N, isGone: boolean): FleetView['remains'][number] => ({
  serverId: `dkron-${n}`,
  instanceId: instanceIdOf(n),
  instance: isGone ? 'terminated' : 'running',
  volumes: [
    { volumeId: `vol-${n}`, state: isGone ? 'deleted' : 'in-use', attachedTo: isGone ? null : instanceIdOf(n) },
  ],
  addressHeldBy: isGone ? null : { interfaceId: `eni-${n}`, instanceId: instanceIdOf(n) },
});

export const fleetInOutage = (at = OPENED_AT): FleetView => ({
  at,
  instances: [
    instance(1),
    instance(2, { state: 'terminated', interfaces: [], volumes: [], agent: 'notconnected' }),
    instance(3, { agent: 'notconnected' }),
  ],
  remains: [remains(1, false), remains(2, true), remains(3, false)],
  neighbours: [],
  groups: [],
});

export const healthyFleet = (at = OPENED_AT): FleetView => ({
  at,
  instances: numbers.map((n) => instance(n)),
  remains: numbers.map((n) => remains(n, false)),
  neighbours: [],
  groups: [],
});

const silence = { outcome: 'timed-out', detail: 'no answer' } as const;
const silent = (n: N): NetworkReport => ({
  address: addressOf(n),
  raft: silence,
  leader: silence,
  isLeader: silence,
  members: silence,
});

const answers = (n: N, leader: N | null, servers: typeof members): NetworkReport => ({
  address: addressOf(n),
  raft: {
    outcome: 'answered',
    service: 'types.Dkron',
    servers: servers.map((one) => ({ ...one, leader: one.id === `dkron-${leader}` })),
  },
  leader: {
    outcome: 'answered',
    leader: leader === null ? null : { id: `dkron-${leader}`, rpcAddr: `${addressOf(leader)}:6868` },
    status: leader === null ? 500 : 200,
  },
  isLeader: { outcome: 'answered', leads: n === leader, status: n === leader ? 200 : 404 },
  members: {
    outcome: 'answered',
    members: servers.map(({ id, address }) => ({
      name: id,
      address: address.split(':')[0] ?? '',
      status: id === `dkron-${n}` ? 'alive' : 'failed',
      server: true,
      rpcAddr: address,
    })),
  },
});

export const networkInOutage = (at = OPENED_AT): NetworkView => ({
  at,
  reports: [answers(1, null, members), silent(2), silent(3)],
});
/** While every survivor is held nobody answers. */
export const networkWhileHeld = (at = OPENED_AT): NetworkView => ({ at, reports: numbers.map(silent) });
export const networkWithLeader = (at: string): NetworkView => ({
  at,
  reports: [answers(1, 1, survivor), silent(2), silent(3)],
});
export const healthyNetwork = (at = OPENED_AT): NetworkView => ({
  at,
  reports: numbers.map((n) => answers(n, 1, members)),
});

const log: LogFacts = {
  lastTerm: 3,
  lastIndex: 120,
  firstIndex: 1,
  entries: 120,
  terms: [{ term: 3, firstIndex: 1 }],
  snapshot: null,
  configuration: members,
  configurationIndex: 1,
  currentTerm: 3,
  jobs: 20,
};

const facts: HostFacts = {
  hostId: instanceIdOf(1),
  hostname: 'dkron-1',
  clock: OPENED_AT,
  addresses: [addressOf(1)],
  manager: { kind: 'supervisor', socket: '/run/supervisor.sock', unit: 'dkron', state: 'running' },
  pids: [4711],
  dataDir: { path: '/data', evidence: 'process', exists: true, raft: 'dir', heldBy: null, owner: '0:0 600' },
  nodeName: { value: 'dkron-1', evidence: 'config' },
  version: '4.0.5',
  bindAddress: `${addressOf(1)}:8946`,
  ports: { rpc: 6868, http: 8080, serf: 8946 },
  httpAddress: `${addressOf(1)}:8080`,
  bootstrapExpect: 3,
  joins: { list: numbers.map((n) => `${addressOf(n)}:8946`), source: 'config' },
  freeBytes: 1e10,
  dataBytes: 1e6,
  runningJobs: 0,
  peersJsonPresent: false,
  leaseCounter: 0,
  log,
  logProblem: null,
  leader: { outcome: 'answered', leader: null, status: 500 },
};

export const hostsInOutage = (receivedAt = OPENED_AT): HostReport[] => [
  { outcome: 'inspected', instanceId: instanceIdOf(1), facts, receivedAt },
  { outcome: 'silent', instanceId: instanceIdOf(3), code: 'AgentOffline', detail: 'no agent' },
];

export const held = (peersSha256: string | null): HoldResult => ({
  outcome: 'held',
  hostId: instanceIdOf(1),
  backup: { path: '/data/.requorum/c/backup', files: 3, bytes: 1000, sha256: 'a'.repeat(64) },
  peersSha256,
  log,
  stopped: [4711],
  leftOver: [],
  wasRunning: true,
});

export const released = (startedAt: string): ReleaseResult => ({
  outcome: 'released',
  hostId: instanceIdOf(1),
  startedAt,
  consumed: true,
  leader: { outcome: 'answered', leader: null, status: 500 },
  detail: '',
});

export const looked = (canary: 'created-and-deleted' | 'not-asked' | 'failed'): VerifyResult => ({
  outcome: 'looked',
  hostId: instanceIdOf(1),
  canary,
  jobs: 20,
  log: { ...log, configuration: survivor, lastIndex: 125, lastTerm: 4, terms: [{ term: 4, firstIndex: 121 }] },
  leader: { outcome: 'answered', leader: { id: 'dkron-1', rpcAddr: `${addressOf(1)}:6868` }, status: 200 },
  members: [{ name: 'dkron-1', address: addressOf(1), status: 'alive', server: true }],
  overrideRemoved: true,
  detail: '',
});
