import type * as z from 'zod';
import type { PlanAgainInput, PlanAgainOutput } from '../../lib/recovery/boundary';
import type { CaseRecord } from '../../lib/recovery/case-record';
import { RequorumError } from '../../lib/recovery/errors';
import { nowIso } from '../adapters/clock';
import { keys } from '../adapters/evidence';
import type { Clerk } from './clerk';

/** Once: what a second plan does not heal, a person has to look at. */
export const mayPlanAgain = ({ released }: CaseRecord): boolean => released.length === 0;

/**
 * After Release not everybody came up: the same case is surveyed and planned once more, with a gate of its own (design §2).
 * A new lease counter, so that hosts refuse what is still on its way from the first plan; what the first plan fenced stays.
 * @throws RequorumError LeaseLost when the lease is no longer this case's
 */
export const planAgain = async (
  clerk: Clerk,
  { case: ref, execution }: z.output<typeof PlanAgainInput>,
): Promise<z.output<typeof PlanAgainOutput>> => {
  const { caseId, cluster } = ref;
  const record = await clerk.plans.held(ref);
  const lease = await clerk.leases.leaseOf(cluster);
  const taken = lease && (await clerk.leases.takeOver(cluster, { caseId, executionArn: execution.arn }, lease));
  if (!taken) throw new RequorumError('LeaseLost', `the lease of ${cluster} is not with case ${caseId} any more`);
  for (const fence of Object.values(record.fences)) await clerk.cases.recordFence(caseId, { ...fence, kept: true });
  await clerk.evidence.putJson(keys.holds(caseId), []);
  const at = nowIso(clerk.clock);
  const planId = record.approvedPlanId;
  await clerk.cases.changeOpen(caseId, {
    counter: taken.counter,
    phase: 'survey',
    pointOfNoReturnAt: null,
    planId: null,
    approvedPlanId: null,
    released: [...record.released, ...(planId === null ? [] : [{ planId, at }])],
    leader: null,
    leaderAt: null,
    canary: null,
  });
  const says = 'not every server came up: looking at all of them again, for a plan of its own';
  await clerk.cases.tell(caseId, { phase: 'survey', says, severity: 'warning' });
  return { case: { ...ref, counter: taken.counter, planId: null } };
};
