import * as z from 'zod';
import { CaseRef, Outcome } from './case';
import { FenceProof } from './fence';
import { GateKind } from './gate';
import { InstanceId, Instant, PlanId } from './ids';
import { HoldResult, LeaveResult, ReleaseResult, RemovePeerResult, UndoResult, VerifyResult } from './order';
import { Rung } from './report';
import { FleetView, HostReport, Inventory, NetworkView } from './survey';

/*
 * The boundary between the machine and its functions: one schema per action, shared by the builder of the state
 * (lib/workflow) and the handler's edge (lambdas). What is not here does not cross.
 */

export const Target = z.object({ address: z.string(), rpc: z.number().int(), http: z.number().int() });
export type Target = z.infer<typeof Target>;

/** Orders on their way to hosts, in as many commands as they need: each host is in one of them. */
export const Sent = z.object({
  commands: z.array(z.object({ commandId: z.string(), instanceIds: z.array(InstanceId).min(1) })).min(1),
  document: z.string(),
  sentAt: Instant,
});
export type Sent = z.infer<typeof Sent>;

export const Execution = z.object({ arn: z.string(), name: z.string(), startTime: z.string() });

/** A decision routes the machine: `next` names the road, `outcome` says how the case ends when it ends. */
const decision = <const T extends readonly [string, ...string[]]>(roads: T) =>
  z.object({ next: z.enum(roads), outcome: Outcome.nullable(), says: z.string() });

// probe: in the VPC, no AWS API
export const ProbeInput = z.object({
  action: z.literal('probe'),
  targets: z.array(Target).max(32),
  untilLeader: z.boolean().default(false),
  deadlineMs: z.number().int().min(200).max(25_000).default(4000),
});

// inspect: describe and read-only documents
export const FleetInput = z.object({ action: z.literal('fleet'), case: CaseRef, inventory: Inventory.nullable() });
export const FleetOutput = z.object({ fleet: FleetView, targets: z.array(Target) });
export const InspectSendInput = z.object({ action: z.literal('send'), case: CaseRef, fleet: FleetView });
export const SendOutput = z.object({ sent: Sent.nullable() });
export const InspectCollectInput = z.object({
  action: z.literal('collect'),
  case: CaseRef,
  fleet: FleetView,
  sent: Sent.nullable(),
  attempt: z.number().int(),
});
export const InspectCollectOutput = z.object({ done: z.boolean(), hosts: z.array(HostReport) });

// clerk: cases, plans, decisions, reports
export const OpenCaseInput = z.object({ action: z.literal('open-case'), input: z.unknown(), execution: Execution });
export const OpenCaseOutput = z.object({
  decision: decision(['survey', 'tidy', 'close']),
  case: CaseRef.nullable(),
  inventory: Inventory.nullable(),
});
export const MakePlanInput = z.object({
  action: z.literal('make-plan'),
  case: CaseRef,
  inventory: Inventory.nullable(),
  fleet: FleetView,
  network: NetworkView,
  hosts: z.array(HostReport),
});
export const MakePlanOutput = z.object({
  decision: decision(['approve', 'close']),
  case: CaseRef,
  gateSeconds: z.number().int().positive(),
});
export const LookAgainInput = z.object({
  action: z.literal('look-again'),
  case: CaseRef,
  inventory: Inventory.nullable(),
  fleet: FleetView,
  network: NetworkView,
});
export const LookAgainOutput = z.object({ decision: decision(['secure', 'power-on', 'close']) });
export const CheckInput = z.object({
  action: z.literal('check'),
  case: CaseRef,
  inventory: Inventory.nullable(),
  fleet: FleetView,
  network: NetworkView,
  fences: z.array(FenceProof),
  holds: z.array(HoldResult),
});
export const CheckOutput = z.object({
  decision: decision(['release', 'ask', 'undo']),
  gateSeconds: z.number().int().positive(),
});
export const GuardReleaseInput = z.object({
  action: z.literal('guard-release'),
  case: CaseRef,
  inventory: Inventory.nullable(),
  fleet: FleetView,
  network: NetworkView,
  fences: z.array(FenceProof),
});
export const GuardReleaseOutput = z.object({ decision: decision(['release', 'undo']) });
export const AwaitLeaderInput = z.object({
  action: z.literal('await-leader'),
  case: CaseRef,
  network: NetworkView,
  releases: z.array(ReleaseResult),
  attempt: z.number().int(),
});
export const AwaitLeaderOutput = z.object({
  decision: decision(['verify', 'remove', 'again', 'plan-again', 'close']),
});
export const RemovePeersInput = z.object({
  action: z.literal('remove-peers'),
  case: CaseRef,
  network: NetworkView,
  answers: z.array(z.union([RemovePeerResult, LeaveResult])),
  attempt: z.number().int(),
});
export const RemovePeersOutput = z.object({ decision: decision(['verify', 'again', 'remove', 'close']) });
export const PlanAgainInput = z.object({ action: z.literal('plan-again'), case: CaseRef, execution: Execution });
export const PlanAgainOutput = z.object({ case: CaseRef });
export const VerifyInput = z.object({
  action: z.literal('verify'),
  case: CaseRef,
  network: NetworkView,
  looks: z.array(VerifyResult),
  attempt: z.number().int(),
});
export const VerifyOutput = z.object({
  decision: decision(['close', 'again', 'plan-again']),
  waitUntil: Instant,
  rungs: z.array(Rung),
});
export const CloseCaseInput = z.object({
  action: z.literal('close-case'),
  case: CaseRef.nullable(),
  outcome: Outcome,
  says: z.string(),
  error: z.unknown(),
  execution: Execution,
});
export const CloseCaseOutput = z.object({
  outcome: Outcome,
  class: z.enum(['well', 'stopped', 'failed']),
  says: z.string(),
  reportKey: z.string(),
});

// operate: mutating documents
export const OperatePhase = z.enum(['hold', 'release', 'leave', 'remove-peer', 'verify', 'undo']);
export const OperateSendInput = z.object({
  action: z.literal('send'),
  phase: OperatePhase,
  case: CaseRef,
  part: z.enum(['canary', 'look']).default('look'),
});
export const OperateCollectInput = z.object({
  action: z.literal('collect'),
  phase: OperatePhase,
  case: CaseRef,
  sent: Sent.nullable(),
  attempt: z.number().int(),
});
export const OperateCollectOutput = z.object({
  done: z.boolean(),
  results: z.array(z.union([HoldResult, ReleaseResult, LeaveResult, RemovePeerResult, VerifyResult, UndoResult])),
});

// fence: EC2 and Auto Scaling
export const FenceInput = z.object({
  action: z.enum(['suspend', 'secure', 'look', 'lift', 'power-on', 'let-in', 'resume']),
  case: CaseRef,
  attempt: z.number().int().default(0),
});
export const FenceOutput = z.object({ done: z.boolean(), fences: z.array(FenceProof) });

// door: gates
export const OpenGateInput = z.object({
  action: z.literal('open-gate'),
  token: z.string(),
  kind: GateKind,
  case: CaseRef,
});
/** What the machine receives when a gate is answered (SendTaskSuccess). */
export const GateResult = z.object({
  decision: z.enum(['approved', 'declined', 'aborted', 'expired', 'postponed']),
  planId: PlanId,
  who: z.string(),
  at: Instant,
  /** Postponed until then: everything is looked at again, and people are asked about what is so by then. */
  until: Instant.optional(),
});
export type GateResult = z.infer<typeof GateResult>;
