import * as z from 'zod';
import { Declaration } from './declaration';
import { Exclusion } from './exclusion';
import { CaseId, ClusterName, HostPort, InstanceId, Instant, ServerId } from './ids';
import { ServiceManager } from './service-manager';

/*
 * A survey is all that is seen at one moment, from three sides: network (gRPC, HTTP), host (SSM) and fleet (EC2).
 * Nothing here judges: "cannot reach" is never "dead".
 */

/** A member of Raft's configuration, as gRPC or the log tells it. */
export const RaftServer = z.object({
  id: ServerId,
  address: HostPort,
  suffrage: z.enum(['voter', 'nonvoter', 'staging']).default('voter'),
});
export type RaftServer = z.infer<typeof RaftServer>;

/** How a probe ended when it brought no answer: no listener, silence, or a service that lacks the method. */
const NoAnswer = z.object({
  outcome: z.enum(['refused', 'timed-out', 'absent', 'failed']),
  detail: z.string().max(300).default(''),
});

export const RaftProbe = z.discriminatedUnion('outcome', [
  z.object({
    outcome: z.literal('answered'),
    service: z.enum(['types.v1.Dkron', 'types.Dkron']),
    servers: z.array(RaftServer.extend({ leader: z.boolean() })),
  }),
  NoAnswer,
]);
/** `/v1/leader`. Without Tags.rpc_addr it names nobody (facts/dkron §11: 200 for 0.2 s without a leader). */
export const LeaderProbe = z.discriminatedUnion('outcome', [
  z.object({
    outcome: z.literal('answered'),
    leader: z.object({ id: ServerId, rpcAddr: z.string().nullable() }).nullable(),
    status: z.number(),
  }),
  NoAnswer,
]);
export const IsLeaderProbe = z.discriminatedUnion('outcome', [
  z.object({ outcome: z.literal('answered'), leads: z.boolean(), status: z.number() }),
  NoAnswer,
]);
export const Member = z.object({
  name: z.string().max(128),
  address: z.string(),
  status: z.string(),
  server: z.boolean(),
  rpcAddr: z.string().nullable(),
});
export type Member = z.infer<typeof Member>;
export const MembersProbe = z.discriminatedUnion('outcome', [
  z.object({ outcome: z.literal('answered'), members: z.array(Member) }),
  NoAnswer,
]);

/** What one address answered on Dkron's ports. */
export const NetworkReport = z.object({
  address: z.string(),
  raft: RaftProbe,
  leader: LeaderProbe,
  isLeader: IsLeaderProbe,
  members: MembersProbe,
});
export type NetworkReport = z.infer<typeof NetworkReport>;
export const NetworkView = z.object({ at: Instant, reports: z.array(NetworkReport) });
export type NetworkView = z.infer<typeof NetworkView>;

/** Position and content of a Raft log, read in place by our own reader (documents/python/raftlog.py). */
export const LogFacts = z.object({
  lastTerm: z.number().int(),
  lastIndex: z.number().int(),
  firstIndex: z.number().int().nullable(),
  entries: z.number().int(),
  /** Where each term begins in the log, ascending: enough to tell a prefix from another timeline. */
  terms: z.array(z.object({ term: z.number().int(), firstIndex: z.number().int() })),
  snapshot: z.object({ index: z.number().int(), term: z.number().int() }).nullable(),
  configuration: z.array(RaftServer),
  configurationIndex: z.number().int(),
  currentTerm: z.number().int(),
  /** Jobs counted from snapshot and log; null where the snapshot could not be read. */
  jobs: z.number().int().nullable(),
});
export type LogFacts = z.infer<typeof LogFacts>;

/** What the inspect document saw on a host. Evidence fields say where a value comes from. */
export const HostFacts = z.object({
  hostId: InstanceId,
  hostname: z.string(),
  /** The host's own clock, UTC; deadlines for this host are in this clock (design rule 10). */
  clock: Instant,
  addresses: z.array(z.string()),
  manager: ServiceManager,
  pids: z.array(z.number().int()),
  dataDir: z.object({
    path: z.string(),
    evidence: z.enum(['process', 'unit', 'config', 'tag', 'default']),
    exists: z.boolean(),
    /** `dir`: data in place. `file`: held. `missing`: no data; starting makes an empty server that votes for anyone. */
    raft: z.enum(['dir', 'file', 'missing', 'link', 'mount']),
    heldBy: CaseId.nullable(),
    /** Owner's uid:gid and mode of raft.db, which peers.json gets as well. */
    owner: z.string().nullable(),
  }),
  nodeName: z.object({ value: ServerId, evidence: z.enum(['flag', 'environment', 'config', 'hostname']) }),
  version: z.string().nullable(),
  bindAddress: z.string().nullable(),
  ports: z.object({ rpc: z.number().int(), http: z.number().int(), serf: z.number().int() }),
  httpAddress: HostPort,
  /** What the next start is told; an empty server with 1 makes itself a cluster of its own. Null where nothing is. */
  bootstrapExpect: z.number().int().nullable().default(null),
  joins: z.object({ list: z.array(z.string()), source: z.enum(['flag', 'environment', 'config', 'none']) }),
  freeBytes: z.number(),
  dataBytes: z.number(),
  runningJobs: z.number().int().nullable(),
  peersJsonPresent: z.boolean(),
  /** The highest lease counter this host has accepted; 0 when none. */
  leaseCounter: z.number().int(),
  log: LogFacts.nullable(),
  logProblem: z.string().nullable(),
  /** The host's own view of leadership over localhost HTTP. */
  leader: LeaderProbe,
});
export type HostFacts = z.infer<typeof HostFacts>;

export const HostReport = z.discriminatedUnion('outcome', [
  z.object({ outcome: z.literal('inspected'), instanceId: InstanceId, facts: HostFacts, receivedAt: Instant }),
  z.object({
    outcome: z.enum(['silent', 'failed']),
    instanceId: InstanceId,
    code: z.string(),
    detail: z.string().max(2000),
  }),
]);
export type HostReport = z.infer<typeof HostReport>;

export const NetworkInterface = z.object({
  id: z.string(),
  addresses: z.array(z.string()),
  /** Elastic or public addresses: Raft may know a server by one, and nobody binds it. Not probed. */
  publicAddresses: z.array(z.string()).default([]),
  groups: z.array(z.string()),
  subnetId: z.string().optional(),
});
/** An instance of the cluster's selector, as EC2 and Auto Scaling describe it. */
export const Instance = z.object({
  instanceId: InstanceId,
  name: z.string().nullable(),
  state: z.enum(['pending', 'running', 'shutting-down', 'terminated', 'stopping', 'stopped']),
  launchedAt: Instant,
  vpcId: z.string().nullable(),
  interfaces: z.array(NetworkInterface),
  volumes: z.array(z.object({ volumeId: z.string(), device: z.string(), deleteOnTermination: z.boolean() })),
  rootDevice: z.enum(['ebs', 'instance-store']),
  /** The instance type carries instance-store disks: a stop would destroy a data-dir on them (design rule 13). */
  instanceStore: z.boolean(),
  spot: z.enum(['no', 'one-time', 'persistent']),
  stopProtected: z.boolean(),
  autoScalingGroup: z.string().nullable(),
  /** ssm:GetConnectionStatus, not PingStatus (facts/aws). */
  agent: z.enum(['connected', 'notconnected']),
  /** `requorum:*` tags of the instance: overrides for unit, service manager, data-dir. */
  overrides: z.record(z.string(), z.string()),
});
export type Instance = z.infer<typeof Instance>;

/** What EC2 says today about a server that the inventory knows: the proof behind `gone` (design rule 14). */
export const Remains = z.object({
  serverId: ServerId,
  instanceId: InstanceId,
  instance: z.enum(['pending', 'running', 'shutting-down', 'terminated', 'stopping', 'stopped', 'absent']),
  volumes: z.array(
    z.object({
      volumeId: z.string(),
      state: z.enum(['deleted', 'available', 'in-use', 'creating', 'deleting', 'error']),
      attachedTo: z.string().nullable(),
    }),
  ),
  /** Network interface that holds the server's address now, if any, and the instance it is attached to. */
  addressHeldBy: z.object({ interfaceId: z.string(), instanceId: z.string().nullable() }).nullable(),
});
export type Remains = z.infer<typeof Remains>;

/**
 * An instance that is none of the selector, and shares a security group with the cluster (it can reach Dkron's ports) or an
 * Auto Scaling group: then `autoScalingGroup` names it, and it was launched from the cluster's own template.
 */
export const Neighbour = Instance.pick({ instanceId: true, state: true, launchedAt: true, interfaces: true }).extend({
  autoScalingGroup: z.string().nullable().default(null),
});
export type Neighbour = z.infer<typeof Neighbour>;

/**
 * An Auto Scaling group that has a host of the cluster as a member, or had one in good times, or whose new members would
 * carry the selector.
 */
export const ScalingGroup = z.object({
  name: z.string(),
  min: z.number().int(),
  desired: z.number().int(),
  max: z.number().int(),
  /** Processes that are suspended, by name. */
  suspended: z.array(z.string()),
  /** `lifecycle` in the words of Auto Scaling: Pending, InService, Standby, Terminating:Wait, … */
  members: z.array(z.object({ instanceId: InstanceId, lifecycle: z.string(), healthy: z.boolean() })),
  /** EC2, or whose word counts beside EC2's: with ELB a server that does not answer its load balancer is ended. */
  healthCheck: z.string(),
  /** State of an instance refresh that is under way; null where none is. */
  refresh: z.string().nullable(),
  /** Bears the tags of the selector itself: only such a group may be changed (lib/constructs/powers.ts). */
  tagged: z.boolean(),
});
export type ScalingGroup = z.infer<typeof ScalingGroup>;

export const FleetView = z.object({
  at: Instant,
  instances: z.array(Instance),
  remains: z.array(Remains),
  neighbours: z.array(Neighbour).default([]),
  groups: z.array(ScalingGroup).default([]),
});
export type FleetView = z.infer<typeof FleetView>;

/** What was known in good times, kept by the sentinel. */
export const Inventory = z.object({
  cluster: ClusterName,
  at: Instant,
  servers: z.array(
    z.object({
      id: ServerId,
      address: HostPort,
      instanceId: InstanceId,
      volumeIds: z.array(z.string()),
      interfaceIds: z.array(z.string()),
      launchedAt: Instant,
      autoScalingGroup: z.string().nullable().default(null),
    }),
  ),
});
export type Inventory = z.infer<typeof Inventory>;

export const Survey = z.object({
  cluster: ClusterName,
  openedAt: Instant,
  fleet: FleetView,
  network: NetworkView,
  hosts: z.array(HostReport),
  inventory: Inventory.nullable(),
  /** Hosts that this case powered on in quarantine: they run, and reach nobody, until a plan lets them in. */
  cutOff: z.array(InstanceId).default([]),
  /** Hosts that this case launched to replace a server: they are of no configuration, and what they say of Raft counts for nothing. */
  launched: z.array(InstanceId).default([]),
  /** Hosts that this case powered on to let them back in empty: their disks tell of an old time, and have no say either. */
  returning: z.array(InstanceId).default([]),
  /** Hosts that this case power-cycled, and when each was stopped: once is enough. */
  cycled: z.array(z.object({ instanceId: InstanceId, at: Instant })).default([]),
  /** Hosts that a released plan of this case fenced: whatever they could do, they are not started again. */
  fenced: z.array(InstanceId).default([]),
  /** Servers that closed cases took out, with what keeps them out. */
  exclusions: z.array(Exclusion).default([]),
  /** Servers that people declared destroyed, as their words stand now. */
  declarations: z.array(Declaration).default([]),
  /** The case that surveys, so that its own holds are told from those of others. */
  caseId: CaseId.nullable().default(null),
});
export type Survey = z.infer<typeof Survey>;
