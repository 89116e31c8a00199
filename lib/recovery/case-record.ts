import * as z from 'zod';
import type { Certain } from './certain';
import type { Mode } from './case';
import { CaseRef, Outcome } from './case';
import type { Control } from './control';
import type { Declaration } from './declaration';
import type { Exclusion } from './exclusion';
import { FenceRecord, GroupRecord } from './fence';
import type { Gate } from './gate';
import type { Health } from './health';
import { InstanceId, Instant, PlanId, ServerId } from './ids';
import { Intent } from './intent';
import type { Planning } from './plan';
import type { CaseEvent, Report } from './report';
import { Rung } from './report';
import type { Inventory } from './survey';

/** A person's word that a case shall end before the point of no return. */
export const AbortRequest = z.object({ who: z.string(), at: Instant, reason: z.string() });
export type AbortRequest = z.infer<typeof AbortRequest>;

/** A test job made and deleted again on the leader; kept because only one look of many makes it. */
const Canary = z.object({
  hostId: InstanceId,
  state: z.enum(['created-and-deleted', 'failed']),
  detail: z.string(),
});

/** A new host that was asked for; kept before it is asked, so that a retry finds it again, and Undo too (design rule 11). */
export const LaunchRecord = z.object({
  replaces: ServerId,
  askedAt: Instant,
  /** ClientToken of RunInstances: EC2 gives the same instance however often it is asked. */
  token: z.string().max(64),
  /** Groups that the host would have come up in: what it gets when it is let in. */
  groups: z.array(z.string()),
  /** Auto Scaling group that it is put into once it is proved; null where it belongs to none. */
  group: z.string().nullable().default(null),
  /** What became of that: null before, `attached`, or why it is not. */
  attached: z.string().nullable().default(null),
});
export type LaunchRecord = z.infer<typeof LaunchRecord>;

/** All that is known of a case between two steps of the machine. Large things lie in the evidence bucket. */
export const CaseRecord = CaseRef.extend({
  /** Null until the lease was taken: a case that never got it changed nothing. */
  counter: z.number().int().positive().nullable().default(null),
  planId: PlanId.nullable().default(null),
  executionArn: z.string(),
  requester: z.string(),
  /** Who or what woke us: an alarm, the console, the CLI. */
  openedBy: z.string(),
  status: z.enum(['open', 'closed']),
  phase: z.string(),
  /** Set once, when a person approved the plan; operating checks it again. */
  approvedPlanId: PlanId.nullable().default(null),
  pointOfNoReturnAt: Instant.nullable().default(null),
  abortRequested: AbortRequest.nullable().default(null),
  fences: z.record(InstanceId, FenceRecord).default({}),
  /** Auto Scaling groups that it keeps still, by name. */
  groups: z.record(z.string(), GroupRecord).default({}),
  /** Servers whose hosts people chose to power-cycle, at the gate before the next plan. */
  powerCycle: z.array(ServerId).default([]),
  launch: LaunchRecord.nullable().default(null),
  /** What a person opened it for; null where it recovers. */
  intent: Intent.nullable().default(null),
  /** Plans of this case that were released before it was planned again: what they did stays. */
  released: z.array(z.object({ planId: PlanId, at: Instant })).default([]),
  /** How often it was surveyed and planned: numbers the evidence. */
  plannings: z.number().int().default(0),
  leader: ServerId.nullable().default(null),
  /** When this leader was first seen; another leader starts it anew. */
  leaderAt: Instant.nullable().default(null),
  /** When the first leader was seen: what people waited for. */
  firstLeaderAt: Instant.nullable().default(null),
  provedAt: Instant.nullable().default(null),
  canary: Canary.nullable().default(null),
  jobsBefore: z.number().int().nullable().default(null),
  jobsAfter: z.number().int().nullable().default(null),
  rungs: z.array(Rung).default([]),
  closedAt: Instant.nullable().default(null),
  outcome: Outcome.nullable().default(null),
  says: z.string().default(''),
  reportKey: z.string().nullable().default(null),
});
export type CaseRecord = z.infer<typeof CaseRecord>;

/** The right to work on a cluster: one case at a time, with a counter that only grows (design §1). */
export const Lease = z.object({
  caseId: CaseRef.shape.caseId,
  counter: z.number().int().positive(),
  executionArn: z.string(),
  heldSince: Instant,
  released: z.boolean(),
});
export type Lease = z.infer<typeof Lease>;

/** What the door answers about a case: all that is needed to follow it, in one call. */
export interface CaseView {
  readonly case: Partial<CaseRecord> & { readonly caseId: string; readonly mode: Mode };
  readonly planning: Planning | null;
  readonly gate: Gate | null;
  /** At the restart gate only: what nothing can change any more. */
  readonly certain: Certain | null;
  readonly events: readonly CaseEvent[];
  readonly report: Report | null;
}

/** What the door answers about a cluster. */
export interface ClusterView {
  readonly cluster: string;
  readonly lease: Lease | null;
  readonly inventory: Inventory | null;
  /** What the sentinel saw at its last look. */
  readonly health: Health | null;
  readonly control: Control;
  /** Servers that closed cases took out, with what keeps them out. */
  readonly exclusions: readonly Exclusion[];
  /** Servers that people declared destroyed, as their words stand. */
  readonly declarations: readonly Declaration[];
  readonly openCase: string | null;
  readonly lastCase: string | null;
}
