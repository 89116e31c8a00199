import * as z from 'zod';
import { ClusterName, HostPort, InstanceId, Instant, PlanId, ServerId } from './ids';
import { RaftServer, ServiceManager } from './survey';

export const VerdictName = z.enum([
  'healthy',
  'stranded',
  'down-with-quorum',
  'quorum-restartable',
  'no-leader',
  'quorum-lost',
  'single-server-down',
  'all-lost',
  'unknown',
]);
export type VerdictName = z.infer<typeof VerdictName>;

export const HostClass = z.enum(['restartable', 'gone', 'unreachable']);
export type HostClass = z.infer<typeof HostClass>;

/** A fact that a person must weigh. Danger removes Approve and leaves Override (design rule 9). */
export const Finding = z.object({
  code: z.string().regex(/^[a-z0-9-]+$/),
  severity: z.enum(['info', 'warning', 'danger']),
  says: z.string(),
  evidence: z.string().default(''),
  nextStep: z.string().default(''),
});
export type Finding = z.infer<typeof Finding>;

export const Survivor = z.object({
  id: ServerId,
  /** Raft address in the recovered configuration: address owned by the host, port as found. */
  address: HostPort,
  instanceId: InstanceId,
  dataDir: z.string(),
  manager: ServiceManager.omit({ state: true }),
  /** gossip address for the join override. */
  gossip: HostPort,
  http: HostPort,
});
export type Survivor = z.infer<typeof Survivor>;

/** How an excluded server is kept from running with its old data; each ends in a proof (design rule 1). */
export const Fence = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('gone') }),
  z.object({ kind: z.literal('quarantine-stop'), instanceId: InstanceId, interfaceIds: z.array(z.string()) }),
  z.object({
    kind: z.literal('hold'),
    instanceId: InstanceId,
    dataDir: z.string(),
    manager: ServiceManager.omit({ state: true }),
    http: HostPort,
  }),
]);
export type Fence = z.infer<typeof Fence>;

export const Excluded = z.object({
  id: ServerId,
  address: HostPort,
  instanceId: InstanceId.nullable(),
  class: HostClass,
  fence: Fence,
  /** A released plan of the same case fenced it already. */
  fencedBefore: z.boolean().default(false),
});
export type Excluded = z.infer<typeof Excluded>;

/** A server that leaves Raft's configuration while a quorum keeps working. */
export const Removal = z.discriminatedUnion('by', [
  /** It cannot come back: the leader takes it out by id. */
  z.object({ by: z.literal('remove-peer'), id: ServerId, address: HostPort }),
  /** It answers and is retired: it leaves by itself first, and its data-dir is held so that it cannot come back. */
  z.object({ by: z.literal('leave'), id: ServerId, address: HostPort, host: Survivor }),
]);
export type Removal = z.infer<typeof Removal>;

/** A stopped host with data: it comes up in the quarantine group and is inspected before it may reach anybody. */
export const PowerOn = z.object({ id: ServerId, instanceId: InstanceId, interfaceIds: z.array(z.string()) });
export type PowerOn = z.infer<typeof PowerOn>;

/**
 * What a plan does, least first (design rule 7): `power-on` starts stopped hosts and looks again; `restart` backs up and
 * starts servers on the log they have; `remove` takes servers out of a working cluster; `rewrite` puts peers.json in place.
 */
export const Remedy = z.enum(['power-on', 'restart', 'remove', 'rewrite']);
export type Remedy = z.infer<typeof Remedy>;

export const DocumentPin = z.object({ name: z.string(), version: z.string(), hash: z.string() });
export type DocumentPin = z.infer<typeof DocumentPin>;
export const DocumentPins = z.object({
  inspect: DocumentPin,
  hold: DocumentPin,
  release: DocumentPin,
  verify: DocumentPin,
  undo: DocumentPin,
  'remove-peer': DocumentPin,
  leave: DocumentPin,
});
export type DocumentPins = z.infer<typeof DocumentPins>;

/**
 * What a person approves, and nothing else: its id is the hash over its canonical JSON. Positions, times and
 * findings are beside it (Briefing), because they may move without making another plan.
 */
export const Plan = z.object({
  version: z.literal(1),
  cluster: ClusterName,
  verdict: VerdictName,
  remedy: Remedy,
  /** The old configuration, by id. */
  membership: z.array(RaftServer),
  /** Servers that are held and released: they keep their data. */
  survivors: z.array(Survivor),
  /** Servers that work and are left alone, the leader among them; they are looked at, and take part in the proof. */
  standing: z.array(Survivor),
  excluded: z.array(Excluded),
  removals: z.array(Removal),
  powerOn: z.array(PowerOn),
  /** Hosts that this case powered on in quarantine: let in together as the first act of Release. */
  letIn: z.array(InstanceId),
  /** Unreachable servers that the plan counts as lost; a person must name exactly these at the gate. */
  countAsLost: z.array(ServerId),
  /** The exact bytes of peers.json; null where the log is kept as it is. */
  peersJson: z.string().nullable(),
  peersSha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .nullable(),
  documents: DocumentPins,
});
export type Plan = z.infer<typeof Plan>;

export const Position = z.object({
  id: ServerId,
  lastTerm: z.number().int(),
  lastIndex: z.number().int(),
  jobs: z.number().int().nullable(),
});
export type Position = z.infer<typeof Position>;

/** What a person reads beside the plan: may say more than the plan does, and changes with time. */
export const Briefing = z.object({
  at: Instant,
  expiresAt: Instant,
  verdict: z.object({
    name: VerdictName,
    means: z.string(),
    severity: z.enum(['info', 'warning', 'danger']),
    because: z.array(z.string()),
  }),
  servers: z.array(
    z.object({
      id: ServerId,
      address: HostPort,
      instanceId: InstanceId.nullable(),
      class: HostClass,
      answers: z.boolean(),
      role: z.enum(['survivor', 'standing', 'excluded', 'removed', 'left-out', 'undecided']),
      position: Position.nullable(),
      /** Why the class: one line a person can check. */
      because: z.string(),
    }),
  ),
  loss: z.array(z.string()),
  findings: z.array(Finding),
  /** Steps as a person would read them, in order; `point-of-no-return` marks the line. */
  steps: z.array(z.object({ phase: z.string(), says: z.string() })),
  /** Seconds to add to our clock to get the host's, by instance. */
  skew: z.record(InstanceId, z.number()),
});
export type Briefing = z.infer<typeof Briefing>;

/** What `Make plan` gives: a plan with its briefing, nothing to do, or a refusal with everything that was found. */
export const Planning = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('planned'), planId: PlanId, plan: Plan, briefing: Briefing }),
  z.object({ kind: z.literal('nothing-to-do'), briefing: Briefing }),
  z.object({ kind: z.literal('refused'), briefing: Briefing }),
]);
export type Planning = z.infer<typeof Planning>;
