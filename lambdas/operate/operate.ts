import type { CaseRef } from '../../lib/recovery/case';
import type { CaseRecord } from '../../lib/recovery/case-record';
import { RequorumError } from '../../lib/recovery/errors';
import type { Plan, Planning } from '../../lib/recovery/plan';
import type { Clock } from '../adapters/clock';
import { systemClock } from '../adapters/clock';
import type { env } from '../adapters/env';
import type { Evidence } from '../adapters/evidence';
import type { PlanStore } from '../adapters/plan-store';
import { storesIn } from '../adapters/stores';

/** What operating needs to know before it sends anything: reading only, the hosts are what it changes. */
export interface Operate {
  readonly plans: PlanStore;
  readonly evidence: Evidence;
  readonly clock: Clock;
}

export const operateFrom = (settings: ReturnType<typeof env.operate>, clock: Clock = systemClock): Operate =>
  storesIn(settings, clock);

export interface Approved {
  readonly record: CaseRecord;
  readonly plan: Plan;
  readonly briefing: Planning['briefing'];
}

/** @throws RequorumError LeaseLost, NotApproved, PlanMismatch */
export const approved = async ({ plans }: Operate, ref: CaseRef): Promise<Approved> => {
  const plan = await plans.loadApprovedPlan(ref);
  const record = await plans.held(ref);
  const planning = await plans.planningOf(record);
  if (!planning)
    throw new RequorumError('PlanMismatch', `case ${ref.caseId} has no planning beside plan ${ref.planId}`);
  return { record, plan, briefing: planning.briefing };
};
