import type { CaseRef } from '../../lib/recovery/case';
import { cameBack } from '../../lib/recovery/came-back';
import { endedByGroup } from '../../lib/recovery/auto-scaling';
import { destroyedByStop, stopFindings, stopRefusals } from '../../lib/recovery/refusals';
import { isPoweredOn, type FenceRecord } from '../../lib/recovery/fence';
import type { FleetView, Instance } from '../../lib/recovery/survey';
import { nowIso } from '../adapters/clock';
import { putIntoGroups, stopInstance } from '../adapters/ec2-power';
import { FORCE_AFTER, fencedCase, isStopFence, seeFleet } from './fence';
import type { FencedCase, Fencing, StopFence } from './fence';
import { type Fences, proofsOf } from './look';

/**
 * Fences every excluded host that still exists: quarantine group on each interface, then stop. What is already so is
 * skipped; what a stop would destroy or cannot do is left alone and shows as a proof that is not given (design rule 13).
 */
export const secure = async (fencing: Fencing, ref: CaseRef, attempt: number): Promise<Fences> => {
  const before = await fencedCase(fencing, ref);
  const fleet = await seeFleet(fencing, before);
  const back = whoCameBack(before, fleet);
  if (back.length > 0) {
    const says = `nobody is stopped: ${back.join('; ')}`;
    await fencing.cases.tell(ref.caseId, { phase: 'secure', says, severity: 'warning' });
    return { ...proofsOf(fencing, before, fleet), done: true };
  }
  const forbidden: boolean[] = [];
  for (const excluded of before.plan.excluded.filter(isStopFence)) {
    const instance = fleet.instances.find(({ instanceId }) => instanceId === excluded.fence.instanceId);
    const why = instance
      ? whyNotStopped(excluded, instance, fleet, fencing)
      : [`${excluded.fence.instanceId} is not seen`];
    forbidden.push(why.length > 0);
    if (why.length > 0 && attempt === 0) await tellForbidden(fencing, ref, excluded, why);
    if (!instance || why.length > 0) continue;
    await fenceOne(fencing, ref, excluded, instance, before.record.fences[instance.instanceId] ?? null, attempt);
  }
  const after = await fencedCase(fencing, ref);
  const proofs = proofsOf(fencing, after, await seeFleet(fencing, after));
  // An instance that may not be stopped will not be stopped by waiting.
  return { ...proofs, done: proofs.done || forbidden.some((one) => one) };
};

/** Right before the first of them is stopped: whoever is back may be the quorum (design rule 6), so Check sees no proof. */
const whoCameBack = ({ plan, record }: FencedCase, { instances }: FleetView): string[] =>
  plan.excluded.flatMap((excluded) => {
    const instance = instances.find(({ instanceId }) => instanceId === excluded.instanceId);
    return instance && !record.fences[instance.instanceId] ? cameBack(excluded, instance) : [];
  });

/** Seen again right before it is done: what a stop cannot do, would destroy beyond what was approved, or lead its group to. */
const whyNotStopped = (
  { id, fence }: StopFence,
  instance: Instance,
  fleet: FleetView,
  { quarantine }: Fencing,
): string[] => {
  const { instanceId, state } = instance;
  if (state === 'terminated' || state === 'shutting-down') return [`${instanceId} is ${state}: somebody ended it`];
  const destroys = destroyedByStop(instance);
  const unapproved = destroys !== null && fence.destroys !== destroys ? stopFindings(id, instance) : [];
  const ended = endedByGroup(instance, fleet);
  return [
    ...[...stopRefusals(id, instance, quarantine), ...unapproved].map(({ says }) => says),
    ...(ended === null ? [] : [ended]),
  ];
};

const tellForbidden = async (
  { cases }: Fencing,
  { caseId }: CaseRef,
  { id }: StopFence,
  why: readonly string[],
): Promise<void> => {
  const says = `${id} is not stopped: ${why.join('; ')}`;
  await cases.tell(caseId, { phase: 'secure', says, severity: 'danger' });
};

const fenceOne = async (
  fencing: Fencing,
  { caseId }: CaseRef,
  excluded: StopFence,
  instance: Instance,
  known: FenceRecord | null,
  attempt: number,
): Promise<void> => {
  const { instanceId, state, interfaces } = instance;
  const quarantine = fencing.quarantine[instance.vpcId ?? ''] ?? '';
  // Kept before anything changes: without it nobody could put the groups back.
  const record: FenceRecord = known ?? {
    instanceId,
    groupsBefore: Object.fromEntries(interfaces.map(({ id, groups }) => [id, groups])),
    stateBefore: state,
    quarantinedAt: null,
    stopAskedAt: null,
    startAskedAt: null,
    kept: false,
  };
  if (!known) await fencing.cases.recordFence(caseId, record);
  for (const { id, groups } of interfaces) {
    if (groups.length !== 1 || groups[0] !== quarantine) await putIntoGroups(id, [quarantine]);
  }
  const quarantined = { ...record, quarantinedAt: record.quarantinedAt ?? nowIso(fencing.clock) };
  if (!record.quarantinedAt) {
    await fencing.cases.recordFence(caseId, quarantined);
    await fencing.cases.tell(caseId, {
      phase: 'secure',
      says: `${excluded.id}: ${instanceId} is in the quarantine group`,
    });
  }
  // EC2 refuses to stop a pending instance: the machine asks again when it runs.
  if (state === 'running' || (state === 'stopping' && attempt >= FORCE_AFTER)) {
    // Kept before it is asked: a stop that nobody knows of would not be taken back. One that was power-cycled is stopped for good now.
    if (!record.stopAskedAt || isPoweredOn(record)) {
      const stopped = { stopAskedAt: nowIso(fencing.clock), startAskedAt: null };
      await fencing.cases.recordFence(caseId, { ...quarantined, ...stopped });
    }
    await stopInstance(instanceId, { force: attempt >= FORCE_AFTER });
    await fencing.cases.tell(caseId, { phase: 'secure', says: `${excluded.id}: ${instanceId} is being stopped` });
  }
};
