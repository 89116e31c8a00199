import { sha256 } from '../../../lambdas/adapters/sha256';
import type { CaseRef } from '../../../lib/recovery/case';
import { planIdOf } from '../../../lib/recovery/draft';
import type { Plan } from '../../../lib/recovery/plan';
import { approvedCaseRef } from '../../support/case-walk';
import type { WorkingDay } from '../../support/working-day';

/** Another plan in place of the one that the case has, approved like it and kept under its own id. */
export const replacePlan = async (day: WorkingDay, ref: CaseRef, other: Plan): Promise<CaseRef> => {
  const planId = planIdOf(other, sha256);
  const { plannings } = await day.clerk.cases.load(ref.caseId);
  const key = `cases/${ref.caseId}/planning-${plannings}.json`;
  await day.clerk.plans.keep(planId, other);
  const planning = day.bucket.json(key) as object;
  day.bucket.texts.set(key, JSON.stringify({ ...planning, plan: other, planId }));
  await day.clerk.cases.changeOpen(ref.caseId, { planId, approvedPlanId: planId });
  return { ...ref, planId };
};

/** A case at the lost quorum, with its plan changed into the one that a test is about. */
export const approvedWith = async (day: WorkingDay, change: (plan: Plan) => Partial<Plan>): Promise<CaseRef> => {
  const ref = await approvedCaseRef(day);
  const plan = await day.clerk.plans.load(ref.planId ?? '');
  return replacePlan(day, ref, { ...plan, ...change(plan) });
};
