import type { CaseRef } from '../../lib/recovery/case';
import type { CaseRecord } from '../../lib/recovery/case-record';
import type { Cluster } from '../../lib/recovery/cluster';
import type { Excluded, Plan } from '../../lib/recovery/plan';
import type { FleetView } from '../../lib/recovery/survey';
import type { CaseStore } from '../adapters/case-store';
import type { Clock } from '../adapters/clock';
import { systemClock } from '../adapters/clock';
import { clusterNamed } from '../adapters/clusters';
import { describeFleet } from '../adapters/fleet';
import type { env } from '../adapters/env';
import type { InventoryStore } from '../adapters/inventory-store';
import type { PlanStore } from '../adapters/plan-store';
import { storesIn } from '../adapters/stores';

/** Looks in `stopping` after which a stop is asked for again with Force: five seconds each, so after 100 s. */
export const FORCE_AFTER = 20;

/** What fencing works with: the approved plan, the case's own record of what it changed, and EC2. */
export interface Fencing {
  readonly clusters: readonly Cluster[];
  /** Quarantine group by VPC. */
  readonly quarantine: Readonly<Record<string, string>>;
  readonly cases: CaseStore;
  readonly plans: PlanStore;
  readonly inventories: InventoryStore;
  readonly clock: Clock;
}

export const fencingFrom = (settings: ReturnType<typeof env.fence>, clock: Clock = systemClock): Fencing => ({
  ...settings,
  ...storesIn(settings, clock),
});

export interface FencedCase {
  readonly plan: Plan;
  readonly record: CaseRecord;
  readonly cluster: Cluster;
}

/** @throws RequorumError NotApproved, PlanMismatch, LeaseLost */
export const fencedCase = async (fencing: Fencing, ref: CaseRef): Promise<FencedCase> => {
  const plan = await fencing.plans.loadApprovedPlan(ref);
  const record = await fencing.cases.load(ref.caseId);
  return { plan, record, cluster: clusterNamed(ref.cluster, fencing.clusters) };
};

/** EC2 as it is now, never as it was when the case was planned. */
export const seeFleet = async ({ inventories, clock }: Fencing, { cluster }: FencedCase): Promise<FleetView> =>
  describeFleet(cluster, await inventories.find(cluster.name), clock);

export type StopFence = Excluded & { readonly fence: { readonly kind: 'quarantine-stop' } };

export const isStopFence = (excluded: Excluded): excluded is StopFence => excluded.fence.kind === 'quarantine-stop';
