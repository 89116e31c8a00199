import type { CaseRef } from '../../lib/recovery/case';
import type { CaseRecord } from '../../lib/recovery/case-record';
import type { Cluster } from '../../lib/recovery/cluster';
import { RequorumError } from '../../lib/recovery/errors';
import type { Planning } from '../../lib/recovery/plan';
import type { AuditStore } from '../adapters/audit-store';
import type { CaseStore } from '../adapters/case-store';
import type { Clock } from '../adapters/clock';
import { systemClock } from '../adapters/clock';
import { clusterNamed } from '../adapters/clusters';
import type { ControlStore } from '../adapters/control-store';
import type { DeclarationStore } from '../adapters/declaration-store';
import type { env } from '../adapters/env';
import type { Evidence } from '../adapters/evidence';
import type { ExclusionStore } from '../adapters/exclusion-store';
import type { GateStore } from '../adapters/gate-store';
import type { InventoryStore } from '../adapters/inventory-store';
import type { LeaseStore } from '../adapters/lease-store';
import type { PlanStore } from '../adapters/plan-store';
import type { RequestStore } from '../adapters/request-store';
import { storesIn } from '../adapters/stores';

/** What the clerk works with: its stores, its settings, and the time. */
export interface Clerk {
  readonly clusters: readonly Cluster[];
  readonly topic: string;
  /** Where the page is, where there is one. */
  readonly page: string | null;
  readonly documents: ReturnType<typeof env.clerk>['documents'];
  readonly quarantine: Readonly<Record<string, string>>;
  readonly audits: AuditStore;
  readonly cases: CaseStore;
  readonly leases: LeaseStore;
  readonly controls: ControlStore;
  readonly declarations: DeclarationStore;
  readonly exclusions: ExclusionStore;
  readonly gates: GateStore;
  readonly inventories: InventoryStore;
  readonly requests: RequestStore;
  readonly plans: PlanStore;
  readonly evidence: Evidence;
  readonly clock: Clock;
}

export const clerkFrom = (settings: ReturnType<typeof env.clerk>, clock: Clock = systemClock): Clerk => ({
  ...settings,
  ...storesIn(settings, clock),
});

export interface ApprovedCase {
  readonly record: CaseRecord;
  readonly planned: Planning & { readonly kind: 'planned' };
  readonly cluster: Cluster;
}

/**
 * A case that acts on its approved plan: the plan by its hash, what was shown beside it, and the cluster's policy.
 * @throws RequorumError LeaseLost, NotApproved or PlanMismatch
 */
export const approvedCase = async (clerk: Clerk, ref: CaseRef): Promise<ApprovedCase> => {
  const plan = await clerk.plans.loadApprovedPlan(ref);
  const record = await clerk.cases.load(ref.caseId);
  const planning = await clerk.plans.planningOf(record);
  if (planning?.kind !== 'planned' || planning.planId !== ref.planId) {
    throw new RequorumError('PlanMismatch', `the newest planning of case ${ref.caseId} is not plan ${ref.planId}`);
  }
  return { record, planned: { ...planning, plan }, cluster: clusterNamed(ref.cluster, clerk.clusters) };
};
