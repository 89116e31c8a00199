import * as z from 'zod';
import { CaseId, ClusterName, Instant, PlanId } from './ids';
import { Door } from './people';

/** One thing that somebody did or tried at a door: kept whatever it led to, and never changed or deleted. */
export const AuditEvent = z.object({
  at: Instant,
  /** Null where nobody was let in far enough to say. */
  cluster: ClusterName.nullable(),
  caseId: CaseId.nullable(),
  gateId: z.string().nullable(),
  planId: PlanId.nullable(),
  door: Door,
  who: z.string(),
  person: z.string().nullable(),
  /** `refused`: a known person, and an answer that is not taken. `denied`: nobody was let in. */
  event: z.enum([
    'opened',
    'approve',
    'override',
    'decline',
    'wait',
    'power-cycle',
    'abort',
    'expired',
    'refused',
    'denied',
  ]),
  /** Of the refusal; null where there is none. */
  code: z.string().nullable(),
  says: z.string().max(500),
});
export type AuditEvent = z.infer<typeof AuditEvent>;

/** What was tried and led to nothing; what was taken is told by the gates themselves. */
export function notTaken(audit: readonly AuditEvent[]): AuditEvent[] {
  return audit.filter(({ event }) => event === 'refused' || event === 'denied' || event === 'expired');
}
