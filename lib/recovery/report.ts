import * as z from 'zod';
import { AuditEvent } from './audit';
import { CaseId, ClusterName, Instant, PlanId } from './ids';
import { Mode, Outcome } from './case';
import { FenceProof } from './fence';
import { Door } from './people';
import { Planning } from './plan';
import { Redundancy } from './redundancy';

/** One rung of the proof (design rule 12), in order; `pending` is not yet, never a pass. */
export const Rung = z.object({
  id: z.string(),
  says: z.string(),
  state: z.enum(['passed', 'pending', 'failed']),
  evidence: z.string(),
});
export type Rung = z.infer<typeof Rung>;

/** What happened in one phase; `waiting` phases are people's time, the rest is the machine's. */
export const PhaseTime = z.object({
  phase: z.string(),
  from: Instant,
  to: Instant,
  kind: z.enum(['machine', 'waiting']),
});
export const CaseEvent = z.object({
  at: Instant,
  phase: z.string(),
  says: z.string(),
  severity: z.enum(['info', 'warning', 'danger']).default('info'),
});
export type CaseEvent = z.infer<typeof CaseEvent>;

/** Written in every ending, as JSON and as Markdown. */
export const Report = z.object({
  version: z.literal(1),
  caseId: CaseId,
  cluster: ClusterName,
  mode: Mode,
  openedBy: z.string(),
  requester: z.string(),
  openedAt: Instant,
  closedAt: Instant,
  outcome: Outcome,
  /** What was wrong, when the outcome is not `well`: code, sentence, next step. */
  problem: z.object({ code: z.string(), says: z.string(), nextStep: z.string() }).nullable(),
  planning: Planning.nullable(),
  planId: PlanId.nullable(),
  approvals: z.array(
    z.object({
      gate: z.string(),
      decision: z.string(),
      who: z.string(),
      person: z.string().nullable().default(null),
      door: Door.default('cli'),
      at: Instant,
      reason: z.string(),
      selfApproved: z.boolean(),
    }),
  ),
  fences: z.array(FenceProof),
  leader: z.string().nullable(),
  jobsBefore: z.number().int().nullable(),
  jobsAfter: z.number().int().nullable(),
  /** How the cluster was left: after a recovery by its plan, else as it was seen; null where nobody led. */
  redundancy: Redundancy.nullable().default(null),
  /** Auto Scaling groups that were left suspended, because going on they would have harmed the cluster. */
  groupsLeft: z.array(z.object({ group: z.string(), suspended: z.array(z.string()), because: z.string() })).default([]),
  rungs: z.array(Rung),
  /** Seconds since the case was opened; machine + waiting = total. */
  seconds: z.object({
    leader: z.number().nullable(),
    proof: z.number().nullable(),
    machine: z.number(),
    waiting: z.number(),
  }),
  phases: z.array(PhaseTime),
  events: z.array(CaseEvent),
  /** Every answer, refusal, expiry and failed attempt, whatever it led to. */
  audit: z.array(AuditEvent).default([]),
  /** What to do now, in order: redundancy to restore, fenced hosts to readmit, lists to correct. */
  nextSteps: z.array(z.string()),
});
export type Report = z.infer<typeof Report>;
