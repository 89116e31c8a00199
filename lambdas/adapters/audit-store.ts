import { randomBytes } from 'node:crypto';
import { AuditEvent } from '../../lib/recovery/audit';
import { keys, type Evidence } from './evidence';

/**
 * The audit record: one object an event, in the evidence bucket. Roles may put and not delete, and the bucket keeps every
 * version, so that nothing that was written can be made unwritten.
 */
export const auditStore = (evidence: Evidence) => ({
  tell: (event: AuditEvent): Promise<void> =>
    evidence.putJson(
      keys.audit(event.caseId, `${event.at}-${randomBytes(6).toString('hex')}`),
      AuditEvent.parse(event),
    ),

  /** All of a case, oldest first. */
  ofCase: async (caseId: string): Promise<AuditEvent[]> => {
    const found = await evidence.list(keys.audit(caseId, ''));
    const events = await Promise.all(found.map((key) => evidence.json(key, AuditEvent)));
    return events.filter((event) => event !== null).sort((a, b) => (a.at < b.at ? -1 : 1));
  },
});
export type AuditStore = ReturnType<typeof auditStore>;
