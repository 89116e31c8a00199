import type { Outcome } from '../../lib/recovery/case';
import type { CaseRecord } from '../../lib/recovery/case-record';
import { replaced } from '../../lib/recovery/exclusion';
import type { Clerk } from './clerk';

/** A new host joined in the stead of a server that is out: that one is not asked for any more, and its fence stays. */
export const markReplaced = async (
  { exclusions, plans }: Clerk,
  record: CaseRecord,
  outcome: Outcome,
): Promise<void> => {
  const { intent, cluster } = record;
  if (intent?.kind !== 'replace' || outcome !== 'recovered') return;
  const planning = await plans.planningOf(record);
  const joined = planning?.kind === 'planned' ? planning.plan.joining[0] : undefined;
  if (joined) await exclusions.keep(cluster, replaced(await exclusions.of(cluster), intent.server, joined.id));
};
