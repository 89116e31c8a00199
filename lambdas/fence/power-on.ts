import type { CaseRef } from '../../lib/recovery/case';
import { isPoweredOn, type FenceRecord } from '../../lib/recovery/fence';
import type { Instance } from '../../lib/recovery/survey';
import { nowIso } from '../adapters/clock';
import { putIntoGroups, startInstance } from '../adapters/ec2-power';
import { fencedCase, seeFleet } from './fence';
import type { FencedCase, Fencing } from './fence';
import { launchHost } from './launch';
import { cycleOne } from './power-cycle';
import type { Fences } from './look';

/**
 * Starts stopped hosts in the quarantine group, after it stopped them where they are silent, and launches new ones there: their Dkron may come up on a disk that nobody has looked at, an empty one
 * perhaps, which would vote for anyone (E1). Done when every agent is there; of silent hosts also when their time is over.
 */
export const powerOn = async (fencing: Fencing, ref: CaseRef, attempt = 0): Promise<Fences> => {
  const known = await fencedCase(fencing, ref);
  const fleet = await seeFleet(fencing, known);
  const { instances } = fleet;
  const up = [await launchHost(fencing, ref, known)];
  for (const { id, instanceId } of known.plan.powerOn) {
    const instance = instances.find((one) => one.instanceId === instanceId);
    if (!instance) continue;
    if (known.plan.remedy === 'power-cycle') {
      up.push(await cycleOne(fencing, ref, known, { id, instance, fleet, attempt }));
      continue;
    }
    await startOne(fencing, ref, id, instance, known.record.fences[instanceId] ?? null);
    up.push(instance.state === 'running' && instance.agent === 'connected');
  }
  const done = up.every((one) => one);
  if (done) await fencing.cases.tell(ref.caseId, { phase: 'survey', says: 'looking at the hosts that came up' });
  return { done, fences: [] };
};

const startOne = async (
  fencing: Fencing,
  { caseId }: CaseRef,
  id: string,
  { instanceId, state, interfaces, vpcId }: Instance,
  known: FenceRecord | null,
): Promise<void> => {
  const quarantine = fencing.quarantine[vpcId ?? ''];
  if (state !== 'stopped' || quarantine === undefined) return;
  const groupsBefore = Object.fromEntries(interfaces.map((one) => [one.id, one.groups]));
  const fresh = { instanceId, groupsBefore, stateBefore: state, quarantinedAt: null, stopAskedAt: null, kept: false };
  const now = nowIso(fencing.clock);
  const isAsked = known !== null && isPoweredOn(known);
  const record: FenceRecord = isAsked ? known : { ...(known ?? fresh), startAskedAt: now };
  // Kept before anything changes: without it nobody could put the groups back, or power it off again.
  if (!isAsked) await fencing.cases.recordFence(caseId, record);
  for (const { id: interfaceId, groups } of interfaces) {
    if (groups.length !== 1 || groups[0] !== quarantine) await putIntoGroups(interfaceId, [quarantine]);
  }
  if (!record.quarantinedAt) await fencing.cases.recordFence(caseId, { ...record, quarantinedAt: now });
  // Also where it was asked before and is still off: that call may never have arrived.
  await startInstance(instanceId);
  if (!isAsked) {
    await fencing.cases.tell(caseId, { phase: 'power-on', says: `${id}: ${instanceId} is starting, in quarantine` });
  }
};

/** The first act of Release: every host that this plan lets in gets its groups back, all together, before any Dkron starts. */
export const letIn = async (fencing: Fencing, ref: CaseRef, attempt: number): Promise<Fences> => {
  const known = await fencedCase(fencing, ref);
  if (known.plan.letIn.length === 0) return { done: true, fences: [] };
  const { instances } = await seeFleet(fencing, known);
  const open: boolean[] = [];
  for (const instanceId of known.plan.letIn) {
    const instance = instances.find((one) => one.instanceId === instanceId);
    if (!instance) continue;
    const groupsBefore = groupsOf(instanceId, known);
    for (const { id, groups } of instance.interfaces) {
      const before = groupsBefore[id];
      if (before && groups.join() !== before.join()) await putIntoGroups(id, before);
    }
    open.push(instance.state === 'running' && instance.agent === 'connected');
  }
  if (attempt === 0) {
    const says = `${known.plan.letIn.join(', ')} let out of quarantine`;
    await fencing.cases.tell(ref.caseId, { phase: 'release', says });
  }
  // A changed group takes a moment to have its effect: one more look before anything is started.
  return { done: attempt > 0 && open.every((one) => one), fences: [] };
};

/** A host that comes back was in quarantine when this case found it: its plan has the groups of before that. */
const groupsOf = (instanceId: string, { plan, record }: FencedCase): Readonly<Record<string, string[]>> => ({
  ...record.fences[instanceId]?.groupsBefore,
  ...plan.joining.find((one) => one.instanceId === instanceId)?.groups,
});
