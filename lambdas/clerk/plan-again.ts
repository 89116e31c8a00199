import type * as z from 'zod';
import type { PlanAgainInput, PlanAgainOutput } from '../../lib/recovery/boundary';
import type { CaseRecord, Lease } from '../../lib/recovery/case-record';
import { RequorumError } from '../../lib/recovery/errors';
import type { FenceRecord } from '../../lib/recovery/fence';
import { nowIso } from '../adapters/clock';
import { keys } from '../adapters/evidence';
import type { Clerk } from './clerk';

type Input = z.output<typeof PlanAgainInput>;

/** Once: what a second plan does not heal, a person has to look at. */
export const mayPlanAgain = ({ released }: CaseRecord): boolean => released.length === 0;

/**
 * After Release not everybody came up: the same case is surveyed and planned once more, with a gate of its own (design §2).
 * A new lease counter, so that hosts refuse what is still on its way from the first plan; what the first plan fenced stays.
 * Tried again after it broke off, it goes on from where it was.
 * @throws RequorumError LeaseLost when the lease is no longer this case's
 */
export const planAgain = async (clerk: Clerk, input: Input): Promise<z.output<typeof PlanAgainOutput>> => {
  const { case: ref } = input;
  const { caseId } = ref;
  const { counter } = await newLease(clerk, input);
  const record = await clerk.cases.load(caseId);
  if (record.counter === counter) return { case: { ...ref, counter, planId: null } };
  const planId = record.approvedPlanId;
  const letIn = planId === null ? [] : (await clerk.plans.load(planId)).letIn;
  for (const fence of Object.values(record.fences)) await clerk.cases.recordFence(caseId, keptOf(fence, letIn));
  await clerk.evidence.putJson(keys.holds(caseId), []);
  await clerk.cases.changeOpen(caseId, {
    counter,
    phase: 'survey',
    pointOfNoReturnAt: null,
    planId: null,
    approvedPlanId: null,
    released: [...record.released, ...(planId === null ? [] : [{ planId, at: nowIso(clerk.clock) }])],
    leader: null,
    leaderAt: null,
    canary: null,
  });
  const says = 'not every server came up: looking at all of them again, for a plan of its own';
  await clerk.cases.tell(caseId, { phase: 'survey', says, severity: 'warning' });
  return { case: { ...ref, counter, planId: null } };
};

/** The lease under its new counter: taken now, or by the try of this very run that broke off. */
const newLease = async (clerk: Clerk, { case: { caseId, cluster, counter }, execution }: Input): Promise<Lease> => {
  const holder = { caseId, executionArn: execution.arn };
  const [record, lease] = await Promise.all([clerk.cases.load(caseId), clerk.leases.leaseOf(cluster)]);
  const isMine = lease?.caseId === caseId && lease.executionArn === execution.arn && !lease.released;
  const isOpen = isMine && record.status === 'open' && lease.counter >= counter;
  if (isOpen && lease.counter > counter) return lease;
  const taken = isOpen ? await clerk.leases.takeOver(cluster, holder, lease) : null;
  if (!taken) throw new RequorumError('LeaseLost', `the lease of ${cluster} is not with case ${caseId} any more`);
  return taken;
};

/**
 * What was powered on or power-cycled and let in is a host like any other by now, that runs in its own groups: a second plan that
 * fences it does so from the beginning. What was not let in is still cut off by this case.
 */
const keptOf = (fence: FenceRecord, letIn: readonly string[]): FenceRecord => {
  if (!letIn.includes(fence.instanceId)) return { ...fence, kept: true };
  // A host that this case launched is nobody's to stop again, once it was let in.
  if (fence.launchedFor !== undefined) return { ...fence, kept: true, startAskedAt: null };
  const untouched = { quarantinedAt: null, stopAskedAt: null, startAskedAt: null, kept: false };
  return { ...fence, stateBefore: 'running', ...untouched };
};
