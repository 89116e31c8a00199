import type * as z from 'zod';
import type { Execution, OpenCaseOutput } from '../../lib/recovery/boundary';
import type { CaseRecord, Lease } from '../../lib/recovery/case-record';
import { isRunning } from '../adapters/step-functions';
import type { Clerk } from './clerk';
import { closeRecord } from './close-record';
import { recordOf } from './record-of';
import type { Opening } from './record-of';

type Output = z.output<typeof OpenCaseOutput>;

/** The dead run may hold the lease, may never have got it, or may have lost it: only the last is nobody's to take. */
const leaseForTidying = async (clerk: Clerk, record: CaseRecord, executionArn: string): Promise<Lease | null> => {
  const holder = { caseId: record.caseId, executionArn };
  const lease = await clerk.leases.leaseOf(record.cluster);
  if (lease?.caseId === record.caseId && lease.executionArn !== executionArn && !lease.released) {
    return clerk.leases.takeOver(record.cluster, holder, lease);
  }
  return clerk.leases.acquire(record.cluster, holder);
};

/**
 * Takes an interrupted case over, under its own id (hosts know it by that) and a new counter. Before the point of no
 * return it is undone; after it nothing is touched, and people are told (design §2).
 */
export const tidyCase = async (
  clerk: Clerk,
  caseId: string,
  opening: Opening,
  execution: z.output<typeof Execution>,
): Promise<Output> => {
  const { cluster } = opening;
  /** Nothing to take over: the run that was to tidy is a small case of its own. */
  const nothing = async (outcome: 'bad-request' | 'nothing-to-do' | 'already-running', says: string) => {
    await recordOf(clerk, opening, execution);
    return { decision: { next: 'close' as const, outcome, says }, case: null, inventory: null };
  };
  const record = await clerk.cases.find(caseId);
  if (!record || record.cluster !== cluster) return nothing('bad-request', `cluster ${cluster} has no case ${caseId}`);
  if (record.status === 'closed') return nothing('nothing-to-do', `case ${caseId} is closed: ${record.outcome}`);
  const isMine = record.executionArn === execution.arn;
  if (!isMine && (await isRunning(record.executionArn))) {
    return nothing('already-running', `case ${caseId} is still run by ${record.executionArn}`);
  }
  const lease = await leaseForTidying(clerk, record, execution.arn);
  if (!lease) {
    if (record.counter === null) {
      await closeRecord(clerk, record, {
        outcome: 'already-running',
        says: 'it ended before it got the lease',
        error: null,
      });
    }
    return nothing('already-running', `another case holds the lease of ${cluster}`);
  }
  const { openedAt, planId, pointOfNoReturnAt } = record;
  await clerk.cases.changeOpen(caseId, { counter: lease.counter, executionArn: execution.arn });
  const says = pointOfNoReturnAt
    ? `the run ended past the point of no return (${pointOfNoReturnAt}); nothing is touched any more`
    : 'the run ended before the point of no return; putting everything back';
  await clerk.cases.tell(caseId, { phase: pointOfNoReturnAt ? 'close-case' : 'undo', says, severity: 'warning' });
  return {
    decision: pointOfNoReturnAt
      ? { next: 'close', outcome: 'interrupted-after-release', says }
      : { next: 'tidy', outcome: 'tidied', says },
    case: { caseId, cluster, mode: 'tidy', counter: lease.counter, openedAt, planId },
    inventory: await clerk.inventories.find(cluster),
  };
};
