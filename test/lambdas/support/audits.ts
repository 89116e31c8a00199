import { AuditEvent } from '../../../lib/recovery/audit';
import type { WorkingDay } from '../../support/working-day';

/** What was kept of a case, or of nobody's, at one door, in the order in which it happened. */
export const auditsOf = (day: WorkingDay, caseId: string, door: AuditEvent['door'] = 'page'): AuditEvent[] =>
  [...day.bucket.texts]
    .filter(([key]) => key.startsWith(`audit/${caseId}/`))
    .map(([, text]) => AuditEvent.parse(JSON.parse(text)))
    .filter((event) => event.door === door);
