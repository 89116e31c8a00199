import * as z from 'zod';
import { HostChoice } from './host-choice';
import { CaseId, ClusterName, Instant, PlanId, ServerId } from './ids';
import { Door } from './people';

export const GateKind = z.enum(['approve-plan', 'approve-restart']);

/** A question to people whose default answer is no. The task token is not part of it and never leaves the store. */
export const Gate = z.object({
  gateId: z.string().regex(/^[A-Za-z0-9_-]{22,43}$/),
  kind: GateKind,
  caseId: CaseId,
  cluster: ClusterName,
  planId: PlanId,
  openedAt: Instant,
  expiresAt: Instant,
  /** Servers that must be named as lost with an approval. */
  countAsLost: z.array(ServerId),
  /** Unreachable hosts among them, and what else may be chosen for each: wait, or power-cycle. */
  choices: z.array(HostChoice).default([]),
  /** How long an answer to wait waits. */
  waitMinutes: z.number().default(2),
  /** Danger findings open: Approve is absent, Override asks for name, reason and (unless soloOverride) a second person. */
  danger: z.boolean(),
  soloOverride: z.boolean(),
  /** Names of people who may let it act; empty: whoever a door lets in. */
  approvers: z.array(z.string()).default([]),
  /** How many different people have to. */
  approvals: z.number().int().min(1).default(1),
  selfApproval: z.boolean().default(true),
  requester: z.string(),
  /** The person behind the requester, where the configuration says so. */
  requesterPerson: z.string().nullable().default(null),
  status: z.enum(['open', 'approved', 'declined', 'expired', 'aborted', 'postponed']),
  answers: z.array(
    z.object({
      /** `approve` and `override` of one of several people; the last one has the status that it led to. */
      decision: z.string(),
      who: z.string(),
      person: z.string().nullable().default(null),
      door: Door,
      at: Instant,
      reason: z.string(),
      /** Servers whose hosts are to be power-cycled before anybody asks again. */
      powerCycle: z.array(ServerId).optional(),
    }),
  ),
});
export type Gate = z.infer<typeof Gate>;

/** What a person sends to a gate. */
export const Answer = z.object({
  planId: PlanId,
  decision: z.enum(['approve', 'decline', 'override', 'wait', 'power-cycle']),
  /** With `power-cycle`: the servers whose hosts. */
  powerCycle: z.array(ServerId).optional(),
  countAsLost: z.array(ServerId).default([]),
  reason: z.string().max(500).default(''),
  clusterTyped: z.string().max(64).default(''),
});
export type Answer = z.infer<typeof Answer>;
