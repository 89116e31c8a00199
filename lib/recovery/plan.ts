import * as z from 'zod';
import { Declared } from './declaration';
import { Exclusion } from './exclusion';
import { Fence } from './fence';
import { HealthCheck } from './health-check';
import { HostChoice } from './host-choice';
import { CaseId, ClusterName, HostPort, InstanceId, Instant, PlanId, ServerId } from './ids';
import { Redundancy } from './redundancy';
import { ServiceManager } from './service-manager';
import { RaftServer } from './survey';
import { VerdictName } from './verdict-name';

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
  z.object({
    by: z.literal('remove-peer'),
    id: ServerId,
    address: HostPort,
    /** The person's word that it is destroyed, where that is why it cannot come back. */
    declared: Declared.nullable().default(null),
  }),
  /** It answers and is retired: it leaves by itself first, and its data-dir is held so that it cannot come back. */
  z.object({ by: z.literal('leave'), id: ServerId, address: HostPort, host: Survivor }),
]);
export type Removal = z.infer<typeof Removal>;

/** A host that comes up in the quarantine group and is inspected before it may reach anybody: stopped with data, or silent and stopped first. */
export const PowerOn = z.object({ id: ServerId, instanceId: InstanceId, interfaceIds: z.array(z.string()) });
export type PowerOn = z.infer<typeof PowerOn>;

/** A server that joins a working cluster with an empty data-dir; old data is kept aside on its host. */
export const Joining = Survivor.extend({
  /** The closed case whose hold stands on its data-dir; null where none does, and this case holds it first. */
  heldBy: CaseId.nullable(),
  /** Groups per network interface that it gets when it is let in, where they are not those in which this case found it. */
  groups: z.record(z.string(), z.array(z.string())),
});
export type Joining = z.infer<typeof Joining>;

/** A new host in place of an excluded server: it comes up in the quarantine group, and joins by a plan of its own. */
export const Launch = z.object({
  replaces: ServerId,
  template: z.string(),
  version: z.string(),
  subnetId: z.string().nullable(),
  /** Auto Scaling group that it is put into once it is proved. */
  group: z.string().nullable(),
});
export type Launch = z.infer<typeof Launch>;

/** What an Auto Scaling group must not do meanwhile, and which members are set aside before they are stopped (rule 13). */
export const GroupPlan = z.object({
  group: z.string(),
  suspend: z.array(z.string()),
  standby: z.array(InstanceId),
});
export type GroupPlan = z.infer<typeof GroupPlan>;

/**
 * What a plan does, least first (design rule 7): `power-on` starts stopped hosts and looks again; `power-cycle` stops silent
 * ones before; `restart` backs up and starts servers on the log they have; `remove` takes servers out of a working cluster;
 * `rewrite` puts peers.json in place.
 * The way back: `launch` makes a new host and looks again; `readmit` lets a server in with an empty data-dir.
 */
export const Remedy = z.enum(['power-on', 'power-cycle', 'restart', 'remove', 'rewrite', 'launch', 'readmit']);
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
  /** Servers that closed cases took out and that stay out: their fences must stand while this plan works (rule 1). */
  keptOut: z.array(Exclusion),
  /** Servers that join with an empty data-dir: held, cleaned and started. */
  joining: z.array(Joining),
  launch: Launch.nullable(),
  /** Auto Scaling groups of the cluster's hosts, kept still from before Hold until it is safe to let them go on. */
  groups: z.array(GroupPlan),
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
      role: z.enum(['survivor', 'standing', 'excluded', 'removed', 'joining', 'left-out', 'undecided']),
      position: Position.nullable(),
      /** Why the class: one line a person can check. */
      because: z.string(),
    }),
  ),
  loss: z.array(z.string()),
  /** Unreachable hosts that the plan counts as lost, and what else people may choose for each. */
  choices: z.array(HostChoice).default([]),
  findings: z.array(Finding),
  /** Steps as a person would read them, in order; `point-of-no-return` marks the line. */
  steps: z.array(z.object({ phase: z.string(), says: z.string() })),
  /** Seconds to add to our clock to get the host's, by instance. */
  skew: z.record(InstanceId, z.number()),
  /** Null where nobody is confirmed as leader. */
  redundancy: Redundancy.nullable().default(null),
  /** All that has to be so in a healthy cluster, asked of this survey (`requorum verify`). */
  checks: z.array(HealthCheck).default([]),
});
export type Briefing = z.infer<typeof Briefing>;

/** What `Make plan` gives: a plan with its briefing, nothing to do, or a refusal with everything that was found. */
export const Planning = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('planned'), planId: PlanId, plan: Plan, briefing: Briefing }),
  z.object({ kind: z.literal('nothing-to-do'), briefing: Briefing }),
  z.object({ kind: z.literal('refused'), briefing: Briefing }),
]);
export type Planning = z.infer<typeof Planning>;
