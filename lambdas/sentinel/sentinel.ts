import type { Cluster } from '../../lib/recovery/cluster';
import type { CaseStore } from '../adapters/case-store';
import type { Clock } from '../adapters/clock';
import { systemClock } from '../adapters/clock';
import type { DeclarationStore } from '../adapters/declaration-store';
import type { env } from '../adapters/env';
import type { ExclusionStore } from '../adapters/exclusion-store';
import type { HealthStore } from '../adapters/health-store';
import type { InventoryStore } from '../adapters/inventory-store';
import type { LeaseStore } from '../adapters/lease-store';
import { storesIn } from '../adapters/stores';

/** What the sentinel works with: it looks, remembers, and wakes the machine for what was left lying. */
export interface Sentinel {
  readonly clusters: readonly Cluster[];
  readonly machine: string;
  readonly probe: string;
  readonly cases: CaseStore;
  readonly leases: LeaseStore;
  readonly inventories: InventoryStore;
  readonly healths: HealthStore;
  readonly declarations: DeclarationStore;
  readonly exclusions: ExclusionStore;
  readonly clock: Clock;
}

export const sentinelFrom = (settings: ReturnType<typeof env.sentinel>, clock: Clock = systemClock): Sentinel => ({
  ...settings,
  ...storesIn(settings, clock),
});
