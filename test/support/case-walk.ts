import type { CaseRef, Outcome } from '../../lib/recovery/case';
import { RequorumError } from '../../lib/recovery/errors';
import { alarmNameOf } from '../../lib/recovery/incident';
import type { FenceProof } from '../../lib/recovery/fence';
import { check } from '../../lambdas/clerk/check';
import { closeCase } from '../../lambdas/clerk/close-case';
import { guardRelease } from '../../lambdas/clerk/guard-release';
import { lookAgain } from '../../lambdas/clerk/look-again';
import { makePlan } from '../../lambdas/clerk/make-plan';
import { openCase } from '../../lambdas/clerk/open-case';
import { openGate } from '../../lambdas/door/open-gate';
import { fleetInOutage, held, hostsInOutage, inventory, networkInOutage, networkWhileHeld } from './lost-quorum';
import type { WorkingDay } from './working-day';

export const execution = (name: string) => ({ arn: `arn:execution:${name}`, name, startTime: '2026-11-25T05:00:00Z' });

/** What EventBridge hands over when the alarm of the cluster goes off. */
export const ALARM = {
  source: 'aws.cloudwatch',
  'detail-type': 'CloudWatch Alarm State Change',
  detail: { alarmName: alarmNameOf('demo'), state: { value: 'ALARM' } },
};

/** Open case, with whatever woke the machine. */
export const openedBy = (day: WorkingDay, input: unknown, name = 'case-1') =>
  openCase(day.clerk, { action: 'open-case', input, execution: execution(name) });

/** Close case, as the road before it ended. */
export const closedAs = (day: WorkingDay, ref: CaseRef | null, outcome: Outcome, says = '', name = 'case-1') =>
  closeCase(day.clerk, { action: 'close-case', case: ref, outcome, says, error: null, execution: execution(name) });

/** The case as far as the machine would carry it; each step assumes those before. */
export const opened = async (
  day: WorkingDay,
  name = 'case-1',
  mode: 'plan' | 'recover' = 'recover',
): Promise<CaseRef> => {
  const { case: ref } = await openedBy(day, { cluster: 'demo', mode }, name);
  if (!ref) throw new RequorumError('Unexpected', `case ${name} was not opened`);
  return ref;
};

const seen = (ref: CaseRef) => ({ case: ref, inventory, fleet: fleetInOutage(), network: networkInOutage() });

const whileHeld = (ref: CaseRef) => ({ ...seen(ref), network: networkWhileHeld() });

export const planned = async (day: WorkingDay, ref: CaseRef): Promise<CaseRef> => {
  const made = await makePlan(day.clerk, { action: 'make-plan', ...seen(ref), hosts: hostsInOutage() });
  return made.case;
};

export const asked = async (day: WorkingDay, ref: CaseRef, token = 'token-1'): Promise<string> => {
  const { gateId } = await openGate(day.door, { action: 'open-gate', token, kind: 'approve-plan', case: ref });
  return gateId;
};

export const approvedCaseRef = async (day: WorkingDay): Promise<CaseRef> => {
  const ref = await planned(day, await opened(day));
  await day.clerk.cases.approve(ref.caseId, ref.planId ?? '');
  return ref;
};

export const looksAgain = (day: WorkingDay, ref: CaseRef) =>
  lookAgain(day.clerk, { action: 'look-again', ...seen(ref) });

export const fences = (at: string, proved = true): FenceProof[] => [
  { serverId: 'dkron-2', kind: 'gone', instanceId: 'i-00000002', proved: true, at, evidence: 'terminated' },
  { serverId: 'dkron-3', kind: 'quarantine-stop', instanceId: 'i-00000003', proved, at, evidence: 'stopped' },
];

export const checked = async (day: WorkingDay, ref: CaseRef, proofs = fences(day.at)) => {
  const plan = await day.clerk.plans.load(ref.planId ?? '');
  return check(day.clerk, { action: 'check', ...whileHeld(ref), fences: proofs, holds: [held(plan.peersSha256)] });
};

export const guarded = (day: WorkingDay, ref: CaseRef) =>
  guardRelease(day.clerk, { action: 'guard-release', ...whileHeld(ref), fences: fences(day.at) });
