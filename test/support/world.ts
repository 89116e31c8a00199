import { createHash } from 'node:crypto';
import * as z from 'zod';
import { Cluster } from '../../lib/recovery/cluster';
import { Intent } from '../../lib/recovery/intent';
import type { DocumentPins } from '../../lib/recovery/plan';
import { Survey } from '../../lib/recovery/survey';
import { factsOf, instanceOf, inventoryOf, networkOf, remainsOf } from './world-views';

/*
 * A compact notation of a world, expanded to a full Survey. A world says only what is special: a server is `up` by default,
 * answers, follows nobody, and its log ends at term 2, index 100. Every object is strict: a typo is an error, not a default.
 */

const Position = z.string().regex(/^\d+\/\d+$/, 'term/index');

export const ServerWorld = z.strictObject({
  /**
   * up: running, agent connected, inspected · impaired: running and silent · closed: running, answers, agent not connected ·
   * stopped: with its volume · terminated: with its disk · broken: agent connected, inspect fails · absent: nothing is known
   */
  host: z.enum(['up', 'impaired', 'closed', 'stopped', 'terminated', 'broken', 'absent']).default('up'),
  answers: z.boolean().optional(),
  leads: z.boolean().default(false),
  /** Whom it names at /v1/leader, with rpc_addr. */
  names: z.string().optional(),
  /** Names a member without rpc_addr, as Dkron does for 0.2 s after a start. */
  namesWithoutAddress: z.string().optional(),
  /** What the host itself hears from its own Dkron. */
  hostNames: z.string().optional(),
  /** Whether its Dkron runs, as its host shows; it does by default. */
  running: z.boolean().default(true),
  /** Addresses of its host now, when Raft still knows another one. */
  addresses: z.array(z.string()).optional(),
  /** Index of the newest configuration in its log. */
  configurationIndex: z.number().default(1),
  publicAddress: z.string().optional(),
  /** Security groups of its interface. */
  groups: z.array(z.string()).default(['sg-0dkron']),
  /** Ids in its configuration over gRPC; the members of the world by default. */
  told: z.array(z.string()).optional(),
  log: Position.nullable().default('2/100'),
  /** Where terms begin: {1: 1, 2: 40} by default up to the last term. */
  terms: z.record(z.string(), z.number()).optional(),
  snapshot: Position.optional(),
  /** Ids in the newest configuration of its log. */
  configuration: z.array(z.string()).optional(),
  jobs: z.number().nullable().default(20),
  data: z.enum(['dir', 'file', 'missing', 'link', 'mount']).default('dir'),
  manager: z.enum(['supervisor', 'systemd', 'container', 'none', 'unknown']).default('supervisor'),
  socket: z.string().default('/run/supervisor.sock'),
  unit: z.string().default('dkron'),
  version: z.string().nullable().default('4.0.5'),
  nodeName: z.string().optional(),
  rpcPort: z.number().default(6868),
  /** Raft address in every configuration, when it is not the host's own. */
  raftAddress: z.string().optional(),
  joins: z.array(z.string()).default([]),
  freeBytes: z.number().default(1_000_000_000),
  runningJobs: z.number().default(0),
  peersJson: z.boolean().default(false),
  /** Seconds that its clock is ahead. */
  skew: z.number().default(0),
  group: z.string().nullable().default(null),
  /** Where its group has it: InService, Standby, Terminating, … */
  lifecycle: z.string().default('InService'),
  instanceStore: z.boolean().default(false),
  rootDevice: z.enum(['ebs', 'instance-store']).default('ebs'),
  /** `requorum:` tags of its instance. */
  overrides: z.record(z.string(), z.string()).default({}),
  spot: z.enum(['no', 'one-time', 'persistent']).default('no'),
  stopProtected: z.boolean().default(false),
  vpc: z.string().default('vpc-0a'),
  /** State of its volume after termination; `in-use i-…` where somebody attached it. */
  volume: z.string().default('deleted'),
  /** Volumes that a stopped instance still has; the inventory's by default. */
  attached: z.array(z.string()).optional(),
  /** The instance that holds its address after termination. */
  addressHeldBy: z.string().nullable().default(null),
  suffrage: z.enum(['voter', 'nonvoter']).default('voter'),
});
export type ServerWorld = z.output<typeof ServerWorld>;

const Stranger = z.strictObject({
  /**
   * launched: a new instance of the selector · neighbour: a new one in the cluster's security group · answers: on the RPC
   * port · data: a host with a raft.db · agent: no server
   */
  by: z.enum(['launched', 'neighbour', 'answers', 'data', 'agent']),
  name: z.string(),
  address: z.string(),
});
const Gossip = z.strictObject({
  by: z.string(),
  name: z.string(),
  at: z.string(),
  status: z.string().default('alive'),
  server: z.boolean().default(true),
});

/** What is special of an Auto Scaling group; its members are the servers that name it. */
const GroupWorld = z.strictObject({
  min: z.number().default(0),
  /** More or fewer than its members in service. */
  wants: z.number().optional(),
  suspended: z.array(z.string()).default([]),
  healthCheck: z.string().default('EC2'),
  refresh: z.string().nullable().default(null),
  tagged: z.boolean().default(true),
});

export const World = z.strictObject({
  servers: z.record(z.string(), ServerWorld.prefault({})),
  size: z.number().optional(),
  /** Ids in every configuration; all servers by default. */
  members: z.array(z.string()).optional(),
  inventory: z.boolean().default(true),
  documents: z.boolean().default(true),
  intent: Intent.nullable().default(null),
  /** Instances that the case powered on in quarantine. */
  cutOff: z.array(z.string()).default([]),
  /** Of those, hosts that it powered on to let them back in. */
  returning: z.array(z.string()).default([]),
  /** Hosts that the case launched, with what is special of each; no members. */
  launched: z.record(z.string(), ServerWorld.prefault({})).default({}),
  /** Servers that case-of-yesterday took out, with the fence that keeps each out. */
  out: z.record(z.string(), z.enum(['gone', 'hold', 'quarantine-stop'])).default({}),
  /** Who came in the stead of one that is out. */
  replaced: z.record(z.string(), z.string()).default({}),
  /** As in requorum.yaml; with it the cluster has a VPC. */
  replacement: z.unknown().optional(),
  /** Instances that a released plan of the case fenced. */
  fenced: z.array(z.string()).default([]),
  /** The case that surveys; whoever is held is held by case-of-yesterday. */
  caseId: z.string().nullable().default(null),
  /** Servers that a person declared destroyed, with the reason. */
  declared: z.record(z.string(), z.string()).default({}),
  /** Every group that a server names is one, with what is said of it here. */
  groups: z.record(z.string(), GroupWorld.prefault({})).default({}),
  strangers: z.array(Stranger).default([]),
  gossip: z.array(Gossip).default([]),
  policy: z.record(z.string(), z.unknown()).default({}),
});
export type World = z.output<typeof World>;

export const OPENED = '2026-03-01T04:10:00.000Z';
export const NOW = '2026-03-01T04:10:30.000Z';
export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const VPC = { vpcId: 'vpc-0a', subnetIds: ['subnet-0a', 'subnet-0b'], availabilityZones: ['eu-west-1a', 'eu-west-1b'] };
export const QUARANTINE = { 'vpc-0a': 'sg-0fence' };

const pin = (name: string) => ({ name: `requorum-${name}`, version: '1', hash: sha256(name) });
export const PINS: DocumentPins = {
  inspect: pin('inspect'),
  hold: pin('hold'),
  release: pin('release'),
  verify: pin('verify'),
  undo: pin('undo'),
  'remove-peer': pin('remove-peer'),
  leave: pin('leave'),
};

/** A server of the world with what follows from its place: address, instance, volume. */
export interface Placed extends ServerWorld {
  readonly id: string;
  readonly address: string;
  readonly raft: string;
  readonly instanceId: string;
  readonly volumeId: string;
  readonly interfaceId: string;
}

const place = (id: string, at: number, server: ServerWorld): Placed => {
  const n = at + 1;
  const address = `10.0.${n}.1${n}`;
  return {
    ...server,
    id,
    address,
    raft: server.raftAddress ?? `${address}:6868`,
    instanceId: `i-0000000${n}`,
    volumeId: `vol-0${n}`,
    interfaceId: `eni-0${n}`,
  };
};

/** The full survey of a world, parsed by the contract itself: a world that the schema does not know is an error. */
export const surveyOf = (input: z.input<typeof World>): { survey: Survey; cluster: Cluster; world: World } => {
  const world = World.parse(input);
  const placed = Object.entries(world.servers).map(([id, server], at) => place(id, at, server));
  const members = placed.filter(({ id }) => (world.members ?? Object.keys(world.servers)).includes(id));
  const cluster = Cluster.parse({
    name: 'demo',
    selector: { 'dkron-cluster': 'demo' },
    size: world.size ?? placed.length,
    policy: world.policy,
    ...(world.replacement === undefined ? {} : { replacement: world.replacement, vpc: VPC }),
  });
  const launchedHosts = Object.entries(world.launched).map(([id, server], at) => place(id, 60 + at, server));
  const survey = Survey.parse({
    cluster: 'demo',
    openedAt: OPENED,
    fleet: {
      at: NOW,
      instances: [...[...placed, ...launchedHosts].flatMap(instanceOf), ...world.strangers.flatMap(strangerInstance)],
      remains: world.inventory ? members.map(remainsOf) : [],
      neighbours: world.strangers.flatMap((stranger, at) =>
        stranger.by === 'neighbour' ? launched(stranger, at) : [],
      ),
      groups: groupsOf(placed, world),
    },
    network: networkOf(placed, members, world),
    hosts: [
      ...placed.flatMap((server) => factsOf(server, members)),
      // Cut off, it has nobody but itself in whatever configuration it made.
      ...launchedHosts.flatMap((host) => factsOf(host, [host])),
      ...world.strangers.flatMap(strangerHost(members)),
    ],
    inventory: world.inventory ? inventoryOf(members) : null,
    declarations: declarationsOf(world, members),
    cutOff: [...world.cutOff, ...launchedHosts.map(({ instanceId }) => instanceId)],
    launched: launchedHosts.map(({ instanceId }) => instanceId),
    returning: world.returning,
    exclusions: Object.entries(world.out).map(([id, kind]) => exclusionOf(placed, id, kind, world)),
    fenced: world.fenced,
    caseId: world.caseId,
  });
  return { survey, cluster, world };
};

const groupsOf = (placed: readonly Placed[], { groups }: World) => {
  const named = [...placed.flatMap(({ group }) => group ?? []), ...Object.keys(groups)];
  return [...new Set(named)].map((name) => {
    const { wants, ...group } = GroupWorld.parse(groups[name] ?? {});
    const members = placed
      .filter((server) => server.group === name && server.host !== 'terminated' && server.host !== 'absent')
      .map(({ instanceId, lifecycle }) => ({ instanceId, lifecycle, healthy: true }));
    const desired = wants ?? members.filter(({ lifecycle }) => lifecycle === 'InService').length;
    return { name, ...group, desired, max: 9, members };
  });
};

const exclusionOf = (
  placed: readonly Placed[],
  id: string,
  kind: 'gone' | 'hold' | 'quarantine-stop',
  world: World,
) => {
  const server = placed.find((one) => one.id === id) ?? place(id, 40, ServerWorld.parse({}));
  const { instanceId, interfaceId, address } = server;
  const declared = declarationsOf(world, []).find(({ serverId }) => serverId === id) ?? null;
  const fence = {
    gone: { kind, declared: declared && { ...declared, despite: [] } },
    hold: {
      ...{ kind, instanceId, dataDir: '/var/lib/dkron', http: `${address}:8080` },
      manager: { kind: server.manager, socket: server.socket, unit: server.unit },
    },
    'quarantine-stop': { kind, instanceId, interfaceIds: [interfaceId] },
  }[kind];
  const since = '2026-02-28T04:10:00.000Z';
  return {
    serverId: id,
    address: server.raft,
    caseId: 'case-of-yesterday',
    since,
    fence,
    volumeIds: [server.volumeId],
    replacedBy: world.replaced[id],
  };
};

/** Given a minute before the case was opened. */
const declarationsOf = ({ declared, inventory }: World, members: readonly Placed[]) =>
  Object.entries(declared).map(([serverId, because]) => {
    const known = inventory ? inventoryOf(members).servers.find(({ id }) => id === serverId) : undefined;
    return { serverId, who: 'ann', at: '2026-03-01T04:09:00.000Z', because, known: known ?? null };
  });

const strangerPlaced = (stranger: z.output<typeof Stranger>, at: number): Placed => ({
  ...place(stranger.name, 80 + at, ServerWorld.parse({})),
  address: stranger.address,
  raft: `${stranger.address}:6868`,
});

function strangerInstance(stranger: z.output<typeof Stranger>, at: number) {
  if (stranger.by === 'answers' || stranger.by === 'neighbour') return [];
  return stranger.by === 'launched' ? launched(stranger, at) : instanceOf(strangerPlaced(stranger, at));
}

/** A new instance, seconds after the case was opened. */
function launched(stranger: z.output<typeof Stranger>, at: number) {
  const launchedAt = '2026-03-01T04:10:10.000Z';
  return instanceOf(strangerPlaced(stranger, at)).map((instance) => ({ ...instance, launchedAt }));
}

function strangerHost(members: readonly Placed[]) {
  return (stranger: z.output<typeof Stranger>, at: number) =>
    stranger.by === 'data' ? factsOf(strangerPlaced(stranger, at), members) : [];
}
