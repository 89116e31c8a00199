import { auditStore } from './audit-store';
import { caseStore } from './case-store';
import type { Clock } from './clock';
import { controlStore } from './control-store';
import { declarationStore } from './declaration-store';
import { evidence } from './evidence';
import { exclusionStore } from './exclusion-store';
import { gateStore } from './gate-store';
import { healthStore } from './health-store';
import { inventoryStore } from './inventory-store';
import { leaseStore } from './lease-store';
import { linkStore } from './link-store';
import { planStore } from './plan-store';
import { requestStore } from './request-store';
import { sessionStore } from './session-store';
import { Table } from './table';
import { talkStore } from './talk-store';

/** Table and bucket in the words of the domain. A function names in its own type what it uses; its role bounds the rest. */
export const storesIn = (settings: { readonly table: string; readonly bucket: string }, clock: Clock) => {
  const table = new Table(settings.table);
  const rests = {
    cases: caseStore(table, clock),
    leases: leaseStore(table, clock),
    evidence: evidence(settings.bucket),
  };
  return {
    ...rests,
    audits: auditStore(rests.evidence),
    controls: controlStore(table),
    declarations: declarationStore(table),
    exclusions: exclusionStore(table),
    gates: gateStore(table),
    healths: healthStore(table),
    inventories: inventoryStore(table),
    links: linkStore(table),
    requests: requestStore(table),
    sessions: sessionStore(table),
    plans: planStore(rests),
    talks: talkStore(table, clock),
    clock,
  };
};
