import type { CaseRef } from '../../lib/recovery/case';
import { canonicalJson } from '../../lib/recovery/canonical';
import type { CaseRecord } from '../../lib/recovery/case-record';
import { RequorumError } from '../../lib/recovery/errors';
import { planIdOf } from '../../lib/recovery/draft';
import { Plan, Planning } from '../../lib/recovery/plan';
import type { CaseStore } from './case-store';
import type { Evidence } from './evidence';
import { keys } from './evidence';
import type { LeaseStore } from './lease-store';
import { sha256 } from './sha256';

interface Stores {
  readonly evidence: Evidence;
  readonly cases: CaseStore;
  readonly leases: LeaseStore;
}

/** Plans under their id, and the question whether one may be acted upon. */
export const planStore = ({ evidence, cases, leases }: Stores) => {
  /** @throws RequorumError PlanMismatch when the bytes are not those of that id, or are gone */
  const load = async (planId: string): Promise<Plan> => {
    const plan = await evidence.json(keys.plan(planId), Plan);
    if (!plan) throw new RequorumError('PlanMismatch', `there is no plan ${planId}`);
    const found = planIdOf(plan, sha256);
    if (found !== planId) throw new RequorumError('PlanMismatch', `plan ${planId} hashes to ${found}`);
    return plan;
  };

  /** @throws RequorumError LeaseLost unless this run holds the lease and its case is open */
  const held = async (ref: CaseRef): Promise<CaseRecord> => {
    const [record, lease] = await Promise.all([cases.load(ref.caseId), leases.leaseOf(ref.cluster)]);
    const isHeld = lease?.caseId === ref.caseId && lease.counter === ref.counter && !lease.released;
    if (!isHeld)
      throw new RequorumError('LeaseLost', `the lease of ${ref.cluster} is with ${lease?.caseId ?? 'nobody'}`);
    if (record.status !== 'open') throw new RequorumError('LeaseLost', `case ${ref.caseId} is closed`);
    return record;
  };

  return {
    load,
    held,

    keep: (planId: string, plan: Plan): Promise<void> =>
      evidence.putText(keys.plan(planId), canonicalJson(plan), 'application/json'),

    /** The planning as it was shown to people: newest of the case. */
    planningOf: async (record: Pick<CaseRecord, 'caseId' | 'plannings'>): Promise<Planning | null> =>
      record.plannings === 0 ? null : evidence.json(keys.planning(record.caseId, record.plannings), Planning),

    /**
     * The plan that a person approved for this case, under this lease: the one thing that may be acted upon.
     * @throws RequorumError NotApproved, PlanMismatch or LeaseLost
     */
    loadApprovedPlan: async (ref: CaseRef): Promise<Plan> => {
      const record = await held(ref);
      if (ref.planId === null || record.approvedPlanId === null) {
        throw new RequorumError('NotApproved', `case ${ref.caseId} has no approved plan`);
      }
      if (record.approvedPlanId !== ref.planId || record.planId !== ref.planId) {
        throw new RequorumError(
          'PlanMismatch',
          `case ${ref.caseId}: approved ${record.approvedPlanId}, asked ${ref.planId}`,
        );
      }
      return load(ref.planId);
    },
  };
};
export type PlanStore = ReturnType<typeof planStore>;
