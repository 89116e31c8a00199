import type { Cluster } from '../../lib/recovery/cluster';
import { caseStore } from '../adapters/case-store';
import type { CaseStore } from '../adapters/case-store';
import type { Clock } from '../adapters/clock';
import { systemClock } from '../adapters/clock';
import type { env } from '../adapters/env';
import { evidence } from '../adapters/evidence';
import type { Evidence } from '../adapters/evidence';
import { gateStore } from '../adapters/gate-store';
import type { GateStore } from '../adapters/gate-store';
import { inventoryStore } from '../adapters/inventory-store';
import type { InventoryStore } from '../adapters/inventory-store';
import { leaseStore } from '../adapters/lease-store';
import type { LeaseStore } from '../adapters/lease-store';
import { planStore } from '../adapters/plan-store';
import type { PlanStore } from '../adapters/plan-store';
import { requestStore } from '../adapters/request-store';
import type { RequestStore } from '../adapters/request-store';
import { Table } from '../adapters/table';

/** What the door works with. It answers people and wakes the machine; hosts and instances are out of its reach. */
export interface Door {
  readonly clusters: readonly Cluster[];
  readonly machine: string;
  readonly sentinel: string;
  readonly cases: CaseStore;
  readonly leases: LeaseStore;
  readonly gates: GateStore;
  readonly inventories: InventoryStore;
  readonly requests: RequestStore;
  readonly plans: PlanStore;
  readonly evidence: Evidence;
  readonly clock: Clock;
}

export const doorFrom = (settings: ReturnType<typeof env.door>, clock: Clock = systemClock): Door => {
  const table = new Table(settings.table);
  const stores = {
    cases: caseStore(table, clock),
    leases: leaseStore(table, clock),
    evidence: evidence(settings.bucket),
  };
  return {
    ...settings,
    ...stores,
    gates: gateStore(table),
    inventories: inventoryStore(table),
    requests: requestStore(table),
    plans: planStore(stores),
    clock,
  };
};
