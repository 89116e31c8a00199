import type { CaseRecord } from '../../lib/recovery/case-record';
import { exclusionsAfter } from '../../lib/recovery/exclusions-after';
import type { Clerk } from './clerk';

/** Who is out after this case, while it still holds the lease: fences outlive the case that put them up. */
export const keepExclusions = async (
  { exclusions, plans }: Clerk,
  { caseId, cluster, fences, released, pointOfNoReturnAt, approvedPlanId }: CaseRecord,
  closedAt: string,
): Promise<void> => {
  const ids = released.map(({ planId }) => planId);
  if (pointOfNoReturnAt !== null && approvedPlanId !== null) ids.push(approvedPlanId);
  if (ids.length === 0) return;
  const done = await Promise.all(ids.map((planId) => plans.load(planId)));
  await exclusions.keep(
    cluster,
    exclusionsAfter(await exclusions.of(cluster), { caseId, plans: done, fences, closedAt }),
  );
};
