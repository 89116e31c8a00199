import * as z from 'zod';
import { Mode, Outcome } from '../recovery/case';
import { Certain } from '../recovery/certain';
import { Control } from '../recovery/control';
import { Declaration } from '../recovery/declaration';
import { Exclusion } from '../recovery/exclusion';
import { Gate } from '../recovery/gate';
import { Health } from '../recovery/health';
import { CaseId, ClusterName } from '../recovery/ids';
import { Peers } from '../recovery/peers';
import { Planning } from '../recovery/plan';
import { CaseEvent, Report } from '../recovery/report';
import { Inventory } from '../recovery/survey';

/*
 * What the door answers, as far as a person at a terminal needs it. Fields that this version does not know are dropped;
 * fields that may not be there yet are null.
 */

const maybe = <T extends z.ZodType>(schema: T) => schema.nullish().transform((value) => value ?? null);

export const OpenedCase = z.object({ caseId: CaseId });

export const CaseView = z.object({
  case: z.object({
    // A case that was asked for and not opened yet has an id and a mode, and nothing else.
    caseId: CaseId,
    mode: Mode,
    cluster: z.union([ClusterName, z.literal('')]).default(''),
    // Null until the machine runs.
    executionArn: z.string().default(''),
    status: z.enum(['open', 'closed']).default('open'),
    says: z.string().default(''),
    outcome: maybe(Outcome),
  }),
  planning: maybe(Planning),
  gate: maybe(Gate),
  certain: maybe(Certain),
  events: z.array(CaseEvent).default([]),
  report: maybe(Report),
});
export type CaseView = z.infer<typeof CaseView>;

/** A case may be named by its id or by its record. */
const CaseName = z.union([CaseId, z.object({ caseId: CaseId }).transform((record) => record.caseId)]);
export const ClusterView = z.object({
  inventory: maybe(Inventory),
  health: maybe(Health),
  exclusions: z.array(Exclusion).default([]),
  declarations: z.array(Declaration).default([]),
  openCase: maybe(CaseName),
  lastCase: maybe(CaseName),
});
export type ClusterView = z.infer<typeof ClusterView>;

export const PeersSeen = z.object({ peers: Peers });

export const Declared = z.object({ declarations: z.array(Declaration) });

export const Controlled = z.object({ control: Control });

/** A way onto the page, for the one who asked. */
export const EntryLink = z.object({ url: z.string(), who: z.string(), expiresAt: z.string() });
export type EntryLink = z.infer<typeof EntryLink>;

export const AnsweredGate = z.object({ gate: Gate });

export const DoorError = z.object({ error: z.string(), says: z.string(), nextStep: z.string().default('') });
