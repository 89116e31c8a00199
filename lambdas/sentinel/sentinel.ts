import type { Cluster } from '../../lib/recovery/cluster';
import { caseStore } from '../adapters/case-store';
import type { CaseStore } from '../adapters/case-store';
import type { Clock } from '../adapters/clock';
import { systemClock } from '../adapters/clock';
import type { env } from '../adapters/env';
import { inventoryStore } from '../adapters/inventory-store';
import type { InventoryStore } from '../adapters/inventory-store';
import { leaseStore } from '../adapters/lease-store';
import type { LeaseStore } from '../adapters/lease-store';
import { Table } from '../adapters/table';

/** What the sentinel works with: it looks, remembers, and wakes the machine for what was left lying. */
export interface Sentinel {
  readonly clusters: readonly Cluster[];
  readonly machine: string;
  readonly probe: string;
  readonly cases: CaseStore;
  readonly leases: LeaseStore;
  readonly inventories: InventoryStore;
  readonly clock: Clock;
}

export const sentinelFrom = (settings: ReturnType<typeof env.sentinel>, clock: Clock = systemClock): Sentinel => {
  const table = new Table(settings.table);
  return {
    ...settings,
    cases: caseStore(table, clock),
    leases: leaseStore(table, clock),
    inventories: inventoryStore(table),
    clock,
  };
};
