import type { Cluster } from '../../lib/recovery/cluster';
import type { Person } from '../../lib/recovery/people';
import type { AuditStore } from '../adapters/audit-store';
import type { CaseStore } from '../adapters/case-store';
import type { Clock } from '../adapters/clock';
import { systemClock } from '../adapters/clock';
import type { ControlStore } from '../adapters/control-store';
import type { DeclarationStore } from '../adapters/declaration-store';
import type { env } from '../adapters/env';
import type { Evidence } from '../adapters/evidence';
import type { ExclusionStore } from '../adapters/exclusion-store';
import type { GateStore } from '../adapters/gate-store';
import type { HealthStore } from '../adapters/health-store';
import type { InventoryStore } from '../adapters/inventory-store';
import type { LinkStore } from '../adapters/link-store';
import type { LeaseStore } from '../adapters/lease-store';
import type { PlanStore } from '../adapters/plan-store';
import type { RequestStore } from '../adapters/request-store';
import { storesIn } from '../adapters/stores';

/** What the door works with. It answers people and wakes the machine; hosts and instances are out of its reach. */
export interface Door {
  readonly clusters: readonly Cluster[];
  readonly people: readonly Person[];
  readonly machine: string;
  readonly sentinel: string;
  readonly topic: string;
  /** Where the page is, where there is one. */
  readonly page: string | null;
  readonly audits: AuditStore;
  readonly cases: CaseStore;
  readonly leases: LeaseStore;
  readonly controls: ControlStore;
  readonly declarations: DeclarationStore;
  readonly exclusions: ExclusionStore;
  readonly gates: GateStore;
  readonly inventories: InventoryStore;
  readonly healths: HealthStore;
  readonly links: LinkStore;
  readonly requests: RequestStore;
  readonly plans: PlanStore;
  readonly evidence: Evidence;
  readonly clock: Clock;
}

export const doorFrom = (settings: ReturnType<typeof env.door>, clock: Clock = systemClock): Door => ({
  ...settings,
  ...storesIn(settings, clock),
});
