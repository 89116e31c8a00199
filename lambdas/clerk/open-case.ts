import type * as z from 'zod';
import type { OpenCaseInput, OpenCaseOutput } from '../../lib/recovery/boundary';
import type { Outcome } from '../../lib/recovery/case';
import { mayOpen } from '../../lib/recovery/control';
import { readIncident } from '../../lib/recovery/incident';
import type { Clerk } from './clerk';
import { recordOf } from './record-of';
import type { Opening } from './record-of';
import { takeLease } from './take-lease';
import { tidyCase } from './tidy-case';

type Output = z.output<typeof OpenCaseOutput>;
type Execution = z.output<typeof OpenCaseInput>['execution'];

const nothing = (outcome: Outcome, says: string): Output => ({
  decision: { next: 'close', outcome, says },
  case: null,
  inventory: null,
});

const openNew = async (clerk: Clerk, opening: Opening, execution: Execution): Promise<Output> => {
  const record = await recordOf(clerk, opening, execution);
  const { caseId, cluster, mode, openedAt, planId } = record;
  const lease = await takeLease(clerk, cluster, { caseId, executionArn: execution.arn });
  if (lease.kind === 'held') {
    const says = `case ${lease.by} works on ${cluster} since ${lease.since}; this one changes nothing`;
    await clerk.cases.tell(caseId, { phase: 'open-case', says, severity: 'warning' });
    return nothing('already-running', says);
  }
  // Under the lease: who switches the cluster off now finds this case by it, and who did so before is heard here.
  const permission = mayOpen(await clerk.controls.find(cluster), record, openedAt);
  if (permission.kind === 'closed') {
    await clerk.leases.release(cluster, caseId, lease.counter);
    await clerk.cases.tell(caseId, { phase: 'open-case', says: permission.says, severity: 'warning' });
    return nothing(permission.outcome, permission.says);
  }
  await clerk.cases.changeOpen(caseId, { counter: lease.counter });
  const inventory = await clerk.inventories.find(cluster);
  const known = inventory ? `inventory of ${inventory.at}` : 'no inventory: nothing can be proved gone';
  const what = record.intent === null ? 'case' : `case to ${record.intent.kind} ${record.intent.server}`;
  const says = `${what} opened by ${record.openedBy} for ${record.requester}; ${known}`;
  await clerk.cases.tell(caseId, { phase: 'open-case', says, severity: inventory ? 'info' : 'warning' });
  await clerk.cases.tell(caseId, { phase: 'survey', says: 'looking at fleet, network and hosts' });
  return {
    decision: { next: 'survey', outcome: null, says },
    case: { caseId, cluster, mode, counter: lease.counter, openedAt, planId },
    inventory,
  };
};

/**
 * From whatever woke the machine to a case under a lease. One case per cluster: of two at once the table lets one
 * through, and the other ends as already-running (design rule 17).
 */
export const openCase = async (clerk: Clerk, { input, execution }: z.output<typeof OpenCaseInput>): Promise<Output> => {
  const incident = readIncident(input, clerk.clusters);
  switch (incident.kind) {
    case 'bad':
      return nothing('bad-request', incident.says);
    case 'ignored':
      return nothing('nothing-to-do', incident.says);
    case 'incident': {
      const { mode, openedBy, tidyCaseId, intent } = incident;
      const opening = { cluster: incident.cluster.name, mode, openedBy, intent };
      return tidyCaseId === null ? openNew(clerk, opening, execution) : tidyCase(clerk, tidyCaseId, opening, execution);
    }
  }
};
